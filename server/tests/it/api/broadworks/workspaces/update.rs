//! `PUT /v1/broadworks/workspaces/{id}`

use domain::Fault;
use serde_json::json;

use super::{add, example, id, template};
use crate::support::{Act, Call, World, fault, for_each_database};

#[test]
fn the_target_follows_a_change() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let path = add(&client, &example(&template)).await;
        world.work().await;
        let change = json!({ "userId": "room@sp.com", "primaryPhoneNumber": "" });
        let changed = client.put(&path, &change).await;
        assert_eq!((changed.status.as_u16(), changed.text("userId")), (200, "room@sp.com"));
        assert!(changed.body.get("primaryPhoneNumber").is_none());
        assert_eq!((changed.text("extension"), changed.text("displayName")), ("51212", "Conference Room"));
        assert_eq!(client.get(&path).await.text("status"), "updating");
        let again = client.put(&path, &change).await;
        assert_eq!((again.status.as_u16(), &again.body), (200, &changed.body), "it is what is being done");
        assert_eq!(client.put(&path, &json!({ "extension": "1" })).await.errors(), (423, vec![(44004, "")]));

        world.work().await;
        let [place] = &world.places().await[..] else { panic!("not one place") };
        assert_eq!((place.user_id.as_str(), place.primary_phone.as_deref()), ("room@sp.com", None));
        assert_eq!(client.get(&path).await.text("status"), "provisioned");
        let calls = world.target.calls().len();
        assert_eq!(client.put(&path, &change).await.status, 200);
        world.work().await;
        assert_eq!(world.target.calls().len(), calls, "what is so already is asked of nobody");
        let steps = ["arrived", "workspace_created", "workspace_changed", "workspace_updated"];
        assert_eq!(world.history(id(&path)).await, steps);
    });
}

#[test]
fn what_failed_is_shown_and_tried_again_with_or_without_a_change() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetRefused)), Act::Refuse(fault(Fault::TargetRefused))]);
        let path = add(&client, &example(&template)).await;
        world.work().await;
        let failed = client.get(&path).await;
        assert_eq!((failed.text("status"), &failed.body["errors"][0]["errorCode"]), ("error", &json!(41005)));
        assert_eq!(client.put(&path, &json!({})).await.status, 200);
        world.work().await;
        assert_eq!(client.get(&path).await.text("status"), "error");
        assert_eq!(client.put(&path, &json!({ "extension": "7" })).await.status, 200);
        world.work().await;
        let fixed = client.get(&path).await;
        assert_eq!((fixed.text("status"), fixed.body.get("errors")), ("provisioned", None));
        assert_eq!(world.places().await[0].extension.as_deref(), Some("7"));
        assert!(matches!(
            world.target.calls()[..],
            [Call::CreateWorkspace(_), Call::CreateWorkspace(_), Call::CreateWorkspace(_)]
        ));
    });
}

#[test]
fn what_a_workspace_keeps_may_be_sent_back_and_is_not_changed() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let path = add(&client, &example(&template)).await;
        world.work().await;
        let before = client.get(&path).await.body;
        for name in ["provisioningId", "spEnterpriseId", "displayName"] {
            let mut change = json!({ "extension": "7" });
            change[name] = "another".into();
            assert_eq!(client.put(&path, &change).await.errors(), (400, vec![(45021, name)]));
        }
        assert_eq!(client.get(&path).await.body, before);
        let mut back = before.clone();
        back["extension"] = "7".into();
        assert_eq!(client.put(&path, &back).await.text("extension"), "7");
    });
}
