//! `POST /v1/broadworks/subscribers/validate`

use serde_json::json;

use super::{PATH, example, with};
use crate::support::{World, for_each_database};

#[test]
fn what_could_be_provisioned_is_called_so_and_nothing_is_written() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/validate");
        let success = json!({
            "message": "success",
            "info": { "infoCode": 100, "description": "Provisioning preCheck validation successful." }
        });
        let customer = json!({ "customerInfo": { "primaryEmail": "alice.anderson@example.com" } });
        for body in [json!({ "email": "john@acme.com" }), with(example(&template), customer)] {
            let answer = client.post(&path, &body).await;
            assert_eq!((answer.status.as_u16(), &answer.body), (200, &success));
        }
        assert!(world.customers().await.is_empty() && world.tasks().await.is_empty());
    });
}

#[test]
fn what_would_fail_is_told() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/validate");
        client.post(PATH, &example(&template)).await;
        world.work().await;
        let new = with(example(&template), json!({ "userId": "2@sp.com", "email": "two@acme.com" }));
        for (changes, status, error) in [
            (json!({ "email": null }), 400, (1001, "email")),
            (json!({ "email": "two@" }), 400, (43007, "email")),
            (json!({ "package": "gold" }), 400, (45001, "package")),
            (json!({ "provisioningId": "bm9uZQ" }), 400, (45003, "provisioningId")),
            (json!({ "customerInfo": {} }), 400, (1001, "primaryEmail")),
            (json!({ "customerInfo": "x" }), 400, (45001, "customerInfo")),
            (json!({ "userId": "95547321@sp.com" }), 409, (10022, "userId")),
            (json!({ "email": "John.Anderson@ACME.com" }), 409, (41001, "email")),
        ] {
            let answer = client.post(&path, &with(new.clone(), changes.clone())).await;
            assert_eq!(answer.errors(), (status, vec![error]), "{changes}");
        }
    });
}
