//! `/v1/subscribers`

use axum::{body::Body, http::Method};
use domain::{Permissions, lifecycle::Event};

use crate::support::{Call, World, for_each_database};

#[test]
fn the_owner_of_an_account_is_asked_again_for_consent() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await.id;
        let client = world.client().await;
        let id = client.get("/v1/broadworks/subscribers").await.body["items"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/subscribers/{id}/emails/consentMove");
        let ask = async || client.call(Method::POST, &path, None, Body::empty()).await;
        assert_eq!(ask().await.errors(), (409, vec![(45015, "")]), "nobody has been asked yet");

        world.apply(user, Event::ConsentAsked).await.unwrap();
        assert_eq!(world.status(user).await, "pending_user_migration");
        let asked = ask().await;
        assert_eq!((asked.status.as_u16(), asked.body.is_null()), (204, true));
        world.work().await;
        assert!(matches!(world.target.calls().as_slice(), [Call::Create(_)]), "asked by creating anew");

        let unknown = client.call(Method::POST, "/v1/subscribers/x/emails/consentMove", None, Body::empty()).await;
        assert_eq!(unknown.status, 400);
        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(other.call(Method::POST, &path, None, Body::empty()).await.status, 404);
    });
}
