//! `DELETE /v1/broadworks/subscribers/{id}`

use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use server::{provisioning::deletion, store::Actor};

use super::{PATH, example};
use crate::entity::webhook_delivery;
use crate::support::{World, for_each_database};

#[test]
fn a_removed_subscriber_is_gone_and_may_come_again() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        let answer = client.delete(&path).await;
        assert_eq!((answer.status.as_u16(), answer.body), (204, Value::Null));
        assert_eq!(client.get(&path).await.text("status"), "updating");
        assert_eq!(client.delete(&path).await.status, 204, "asking again is no error");
        world.work().await;

        assert_eq!(client.get(&path).await.status, 404);
        assert_eq!(client.delete(&path).await.status, 404);
        assert!(world.accounts().await.is_empty());
        assert_eq!(client.post(PATH, &example(&template)).await.status, 200);
    });
}

#[test]
fn one_without_an_account_is_gone_at_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        assert_eq!(client.delete(&path).await.status, 204);
        assert_eq!(client.get(&path).await.status, 404);
    });
}

#[test]
fn what_waits_for_approval_is_accepted_and_says_so() {
    for_each_database(async |world: World| {
        let (template, client) = (world.template(|_| ()).await, world.client().await);
        let caller = (world.tenant, &Actor::Operator);
        deletion::set_threshold(&world.store, &world.environment, caller, 0).await.unwrap();
        let hook = json!({ "url": "https://hooks.example/flowthrough", "events": ["subscriber.deletion_waits"] });
        assert_eq!(client.post("/v1/webhooks", &hook).await.status, 201);
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        let before = client.get(&path).await.body;
        for _ in 0..2 {
            let answer = client.delete(&path).await;
            assert_eq!((answer.status.as_u16(), answer.body), (204, Value::Null));
            assert_eq!(answer.headers["deletion"], "waits-for-approval");
        }
        assert_eq!(client.get(&path).await.body, before);
        let told = webhook_delivery::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(told.iter().map(|one| one.event.as_str()).collect::<Vec<_>>(), ["subscriber.deletion_waits"]);

        let rows = json!({ "action": "delete", "rows": [{ "userId": example(&template)["userId"] }] });
        let job = client.post(&format!("{PATH}/bulk"), &rows).await;
        assert_eq!((job.status.as_u16(), job.text("status")), (202, "waiting"));
    });
}
