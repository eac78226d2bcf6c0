//! `POST /v1/broadworks/subscribers/{id}/retry`

use axum::{body::Body, http::Method};
use domain::{Fault, Permissions};
use serde_json::json;

use super::{PATH, example, with};
use crate::support::{Act, World, fault, for_each_database};

#[test]
fn an_address_that_the_client_vouches_for_is_provisioned_without_a_mail() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let path = format!(
            "{PATH}/{}",
            client.post(PATH, &with(example(&template), json!({ "email": null }))).await.text("id")
        );
        assert_eq!(client.get(&path).await.text("status"), "pending_email_input");
        let answer = client.post(&format!("{path}/retry"), &json!({ "email": " ann@acme.com " })).await;
        assert_eq!((answer.status.as_u16(), answer.text("status")), (200, "provisioning"));
        world.work().await;
        let after = client.get(&path).await;
        assert_eq!((after.text("status"), after.text("email")), ("provisioned", "ann@acme.com"));
        assert!(world.postman.letters().is_empty());

        let again = client.post(&format!("{path}/retry"), &json!({ "email": "bob@acme.com" })).await;
        assert_eq!(again.errors(), (409, vec![(44005, "")]));
    });
}

#[test]
fn without_an_address_the_failed_attempt_is_made_again() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        assert_eq!(client.get(&path).await.text("status"), "error");

        // A client that has nothing to say sends nothing.
        let retry = client.call(Method::POST, &format!("{path}/retry"), None, Body::empty()).await;
        assert_eq!((retry.status.as_u16(), retry.text("status")), (200, "provisioning"));
        let busy = client.post(&format!("{path}/retry"), &json!({})).await;
        assert_eq!(busy.errors(), (409, vec![(44006, "")]));
        world.work().await;
        assert_eq!(client.get(&path).await.text("status"), "provisioned");
        assert_eq!(world.accounts().await.len(), 1);
    });
}

#[test]
fn nonsense_is_refused_and_changes_nothing() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        let retry = format!("{path}/retry");
        assert_eq!(client.post(&retry, &json!({ "email": "ann@" })).await.errors(), (400, vec![(43007, "email")]));
        assert_eq!(client.post(&retry, &json!({ "email": 1 })).await.errors(), (400, vec![(45001, "email")]));
        assert_eq!(client.post(&retry, &json!([])).await.errors(), (400, vec![(45002, "")]));
        let typed = client.call(Method::POST, &retry, Some("text/plain"), Body::from("{}")).await;
        assert_eq!(typed.errors(), (415, vec![(45008, "")]));
        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(other.post(&retry, &json!({ "email": "eve@evil.example" })).await.status, 404);
        assert_eq!(client.get(&path).await.text("status"), "pending_email_validation");
    });
}
