//! `GET /v1/broadworks/subscribers/{id}`

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::{Fault, Permissions};
use serde_json::json;
use server::targets::Refusal;

use super::{PATH, example};
use crate::support::{Act, World, fault, for_each_database};

#[test]
fn a_provisioned_subscriber_has_a_person_id() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        assert!(client.get(&path).await.body.get("personId").is_none());
        world.work().await;

        let account = world.accounts().await[0].id;
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text("personId"), STANDARD_NO_PAD.encode(format!("ciscospark://us/PEOPLE/{account}")));
        assert!(answer.body.get("errors").is_none());
    });
}

#[test]
fn what_failed_in_the_background_is_listed() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        let detail = Some("no seats".to_owned());
        world.target.plan([
            Act::Refuse(fault(Fault::TargetBusy)),
            Act::Refuse(Refusal { detail, ..Fault::PackageUnavailable.into() }),
        ]);
        world.work().await;
        let trying = client.get(&path).await;
        assert_eq!((trying.text("status"), &trying.body["errors"][0]["errorCode"]), ("provisioning", &json!(41004)));

        world.work_for_an_hour().await;
        let failed = client.get(&path).await;
        assert_eq!(failed.text("status"), "error");
        assert_eq!(
            failed.body["errors"],
            json!([{ "errorCode": 41007, "description": "No licence is left for this package. (no seats)" }])
        );
    });
}

#[test]
fn nobody_sees_another_partners_subscribers() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let path = format!("{PATH}/{}", world.client().await.post(PATH, &example(&template)).await.text("id"));
        let stranger = world.client_of(world.other_partner().await, Permissions::TOKEN).await;

        assert_eq!(stranger.get(&path).await.errors(), (404, vec![(45006, "")]));
        assert_eq!(stranger.put(&path, &json!({ "package": "basic" })).await.status, 404);
        assert_eq!(stranger.delete(&path).await.status, 404);
        assert_eq!(stranger.get(PATH).await.body, json!({ "items": [] }));
        assert_eq!(stranger.post(PATH, &example(&template)).await.errors().1, [(45003, "provisioningId")]);
    });
}
