//! `POST /v1/broadworks/workspaces`

use domain::{Permission, Permissions};
use serde_json::{Value, json};

use super::{PATH, add, example, id, room, template};
use crate::support::{World, for_each_database};

#[test]
fn the_answer_has_the_shape_of_the_vendors_example_and_what_it_says_is_done() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let added = client.post(PATH, &example(&template)).await;
        assert_eq!(added.status, 200);
        let mut expected = example(&template);
        expected["id"] = added.text("id").into();
        expected["created"] = "2026-01-01T00:00:00.001Z".into();
        assert_eq!(added.body, expected);

        let path = format!("{PATH}/{}", added.text("id"));
        let waiting = client.get(&path).await;
        assert_eq!((waiting.text("status"), waiting.text("displayName")), ("provisioning", "Conference Room"));
        world.work().await;
        let provisioned = client.get(&path).await;
        assert_eq!(provisioned.text("status"), "provisioned");
        let [place] = &world.places().await[..] else { panic!("not one place") };
        assert_eq!((place.external_id, place.display_name.as_str()), (id(&path).into(), "Conference Room"));
        assert_eq!((place.user_id.as_str(), place.extension.as_deref()), ("95547321@sp.com", Some("51212")));
        assert_eq!(world.history(id(&path)).await, ["arrived", "workspace_created"]);
    });
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let empty = ["provisioningId", "userId", "spEnterpriseId", "displayName"].map(|name| (1001, name)).to_vec();
        assert_eq!(client.post(PATH, &json!({})).await.errors(), (400, empty));
        for (name, wrong, code) in [
            ("provisioningId", json!("nothing"), 45003),
            ("userId", json!("a b"), 45001),
            ("spEnterpriseId", json!("SP1+nobody"), 45001),
            ("displayName", json!("x".repeat(81)), 1002),
            ("primaryPhoneNumber", json!(1), 45001),
            ("extension", json!("1".repeat(21)), 1002),
        ] {
            let mut body = example(&template);
            body[name] = wrong;
            assert_eq!(client.post(PATH, &body).await.errors(), (400, vec![(code, name)]), "{body}");
        }
        let mut bare = example(&template);
        for name in ["primaryPhoneNumber", "extension"] {
            bare[name] = Value::Null;
        }
        let added = client.post(PATH, &bare).await;
        assert!(added.status == 200 && added.body.get("extension").is_none(), "{}", added.body);
    });
}

#[test]
fn a_broadworks_id_is_one_workspaces_or_one_users() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let path = add(&client, &room(&template, "room@sp.com")).await;
        for taken in ["room@sp.com", "ROOM@sp.com", "User@sp.com"] {
            assert_eq!(client.post(PATH, &room(&template, taken)).await.errors(), (409, vec![(10022, "userId")]));
        }
        assert_eq!(
            client.put(&path, &json!({ "userId": "user@sp.com" })).await.errors(),
            (409, vec![(10022, "userId")])
        );
        let user = |id: &str| {
            json!({
                "provisioningId": template.provisioning_id, "userId": id, "spEnterpriseId": "SP1+acme",
                "firstName": "Ann", "lastName": "Lee", "package": "basic", "email": "ann@acme.com",
            })
        };
        let subscribers = "/v1/broadworks/subscribers";
        for call in [subscribers.to_owned(), format!("{subscribers}/validate")] {
            let refused = client.post(&call, &user("Room@sp.com")).await;
            assert_eq!(refused.errors(), (409, vec![(10022, "userId")]), "{call}");
        }
        let listed = client.get(&format!("{subscribers}?userId=user@sp.com")).await;
        let one = format!("{subscribers}/{}", listed.body["items"][0]["id"].as_str().unwrap());
        let renamed = client.put(&one, &json!({ "userId": "room@sp.com" })).await;
        assert_eq!(renamed.errors(), (409, vec![(10022, "userId")]));

        // Another partner's BroadWorks has its own ids; and one that is free again may be used again.
        world.work().await;
        assert_eq!(client.delete(&path).await.status, 204);
        world.work().await;
        assert_eq!(client.post(subscribers, &user("room@sp.com")).await.status, 200);
    });
}

#[test]
fn a_user_and_a_workspace_that_come_at_once_do_not_get_the_same_id() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        // Of another customer, so that no lock of theirs orders the two.
        let mut other = crate::support::new_subscriber("other@sp.com", None);
        other.sp_enterprise_id = domain::SpEnterpriseId::parse("SP1+other").unwrap();
        world.try_arrive(&template, other).await.unwrap();
        let client = world.client().await;
        for number in 0..20 {
            let id = format!("{number}@sp.com");
            let mut room = room(&template, &id);
            room["spEnterpriseId"] = "SP1+other".into();
            let user = json!({
                "provisioningId": template.provisioning_id, "userId": id, "spEnterpriseId": "SP1+acme",
                "firstName": "Ann", "lastName": "Lee", "package": "basic",
            });
            let (one, two) = tokio::join!(client.post(PATH, &room), client.post("/v1/broadworks/subscribers", &user));
            let mut statuses = [one.status.as_u16(), two.status.as_u16()];
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 409], "{id}");
        }
    });
}

#[test]
fn a_repeated_call_makes_no_second_workspace_and_tokens_and_partners_see_what_they_may() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await.with_key("once");
        let path = add(&client, &example(&template)).await;
        assert_eq!(add(&client, &example(&template)).await, path);

        let stranger = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(stranger.get(&path).await.status, 404);
        assert_eq!(stranger.put(&path, &json!({ "extension": "1" })).await.status, 404);
        assert_eq!(stranger.delete(&path).await.status, 404);
        let errors = vec![(45003, "provisioningId"), (45001, "spEnterpriseId")];
        assert_eq!(stranger.post(PATH, &example(&template)).await.errors(), (400, errors));
        let reader =
            world.client_of(world.tenant, Permissions::of(&[Permission::WorkspacesRead, Permission::UsersWrite])).await;
        assert_eq!(reader.get(&path).await.status, 200);
        for refused in [
            reader.post(PATH, &example(&template)).await,
            reader.put(&path, &json!({})).await,
            reader.delete(&path).await,
            world
                .client_of(world.tenant, Permissions::of(&[Permission::WorkspacesWrite, Permission::UsersRead]))
                .await
                .get(&path)
                .await,
        ] {
            assert_eq!(refused.errors(), (403, vec![(45005, "")]));
        }
        assert_eq!(client.without_authorization().get(&path).await.status, 401);
    });
}
