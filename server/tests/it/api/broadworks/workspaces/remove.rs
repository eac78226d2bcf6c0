//! `DELETE /v1/broadworks/workspaces/{id}`

use domain::Fault;
use serde_json::json;

use super::{add, example, id, template};
use crate::support::{Act, World, fault, for_each_database};

#[test]
fn a_workspace_is_gone_once_the_target_has_removed_it() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let path = add(&client, &example(&template)).await;
        world.work().await;
        for _ in 0..2 {
            assert_eq!(client.delete(&path).await.status, 204, "asking again is no error");
        }
        assert_eq!(client.get(&path).await.text("status"), "updating");
        assert_eq!(client.put(&path, &json!({})).await.errors(), (423, vec![(44004, "")]), "it shall go");
        world.work().await;
        assert_eq!(client.get(&path).await.status, 404);
        assert_eq!(client.delete(&path).await.errors(), (404, vec![(45006, "")]));
        assert!(world.places().await.is_empty() && world.tasks().await.is_empty());
        let steps = ["arrived", "workspace_created", "removal_requested", "workspace_removed"];
        assert_eq!(world.history(id(&path)).await, steps);
        add(&client, &example(&template)).await;
        world.work().await;
        assert_eq!(world.places().await.len(), 1);
    });
}

#[test]
fn a_removal_that_fails_is_seen_and_can_be_asked_for_again() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let path = add(&client, &example(&template)).await;
        world.work().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetUnavailable)), Act::Refuse(fault(Fault::TargetRefused))]);
        client.delete(&path).await;
        world.work_for_an_hour().await;
        let failed = client.get(&path).await;
        assert_eq!((failed.text("status"), &failed.body["errors"][0]["errorCode"]), ("error", &json!(41005)));
        assert_eq!(world.places().await.len(), 1);
        assert_eq!(client.delete(&path).await.status, 204);
        world.work().await;
        assert!(world.places().await.is_empty() && world.workspace(id(&path)).await.is_none());
    });
}
