//! `DELETE /v1/broadworks/subscribers/{id}`

use serde_json::Value;

use super::{PATH, example};
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
