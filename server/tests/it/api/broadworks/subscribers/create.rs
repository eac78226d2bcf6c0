//! `POST /v1/broadworks/subscribers`

use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::json;

use super::{PATH, example, with};
use crate::entity::{customer, history, subscriber};
use crate::support::{World, for_each_database};

#[test]
fn a_subscriber_with_a_trusted_address_is_accepted_and_provisioned() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let answer = client.post(PATH, &example(&template)).await;

        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(
            answer.body,
            json!({
                "id": answer.text("id"),
                "userId": "95547321@sp.com",
                "spEnterpriseId": "Reseller1+acme",
                "firstName": "John",
                "lastName": "Andersen",
                "email": "john.anderson@acme.com",
                "primaryPhoneNumber": "+1-240-555-1212",
                "mobilePhoneNumber": "+1-818-279-1234",
                "extension": "1212",
                "package": "standard",
                "status": "provisioning",
                "created": "2026-01-01T00:00:00.000Z",
                "lastStatusChange": "2026-01-01T00:00:00.000Z",
                "provisioningId": template.provisioning_id,
                "selfActivated": false
            })
        );
        world.work().await;
        assert_eq!(client.get(&format!("{PATH}/{}", answer.text("id"))).await.text("status"), "provisioned");
    });
}

#[test]
fn the_history_says_which_token_it_was() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        world.client().await.post(PATH, &example(&template)).await;
        let step = history::Entity::find().one(world.store.read()).await.unwrap().unwrap();
        assert!(step.actor.starts_with("api:"), "{}", step.actor);
    });
}

#[test]
fn the_template_decides_where_a_subscriber_starts() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let proven_later = client.post(PATH, &example(&template)).await;
        assert_eq!(proven_later.text("status"), "pending_email_validation");
        for (user, email) in [("1@sp.com", json!(null)), ("2@sp.com", json!(""))] {
            let body = with(example(&template), json!({ "userId": user, "email": email }));
            let answer = client.post(PATH, &body).await;
            assert_eq!(answer.text("status"), "pending_email_input");
            assert!(answer.body.get("email").is_none());
        }
    });
}

#[test]
fn a_repeated_user_is_answered_with_10022_and_nothing_changes() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        client.post(PATH, &example(&template)).await;
        let before = (world.tasks().await, world.customers().await, all(&world).await);

        let again = with(example(&template), json!({ "userId": "95547321@SP.com", "spEnterpriseId": "Other" }));
        let answer = client.post(PATH, &again).await;
        assert_eq!(answer.errors(), (409, vec![(10022, "userId")]));
        assert_eq!(
            answer.body["errors"][0]["description"],
            "The BroadWorks UserID is already associated with an existing user."
        );
        assert_eq!((world.tasks().await, world.customers().await, all(&world).await), before);
    });
}

async fn all(world: &World) -> Vec<subscriber::Model> {
    subscriber::Entity::find().all(world.store.read()).await.unwrap()
}

#[test]
fn each_mandatory_parameter_is_asked_for_by_name() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        for name in ["provisioningId", "userId", "spEnterpriseId", "firstName", "lastName", "package"] {
            for empty in [json!(null), json!(" ")] {
                let answer = client.post(PATH, &with(example(&template), json!({ name: empty }))).await;
                assert_eq!(answer.errors(), (400, vec![(1001, name)]), "{name}");
            }
        }
        let answer = client.post(PATH, &json!({})).await;
        assert_eq!(answer.errors().1.len(), 6, "all of them at once");
        assert_eq!(customer::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}

#[test]
fn what_is_wrong_with_a_parameter_is_told_by_name() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let other = world.other_partner().await;
        let theirs = world.template(|template| template.partner_id = other.partner()).await;
        let client = world.client().await;
        for (name, value, code) in [
            ("userId", json!("9".repeat(81)), 1002),
            ("userId", json!("a b"), 45001),
            ("spEnterpriseId", json!("9".repeat(162)), 1002),
            ("firstName", json!("x".repeat(81)), 1002),
            ("lastName", json!("a\u{0}b"), 45001),
            ("package", json!("gold"), 45001),
            ("email", json!("john@"), 43007),
            ("primaryPhoneNumber", json!("1".repeat(41)), 1002),
            ("extension", json!(1212), 45001),
            ("language", json!("english"), 45001),
            ("timezone", json!(["Europe/Rome"]), 45001),
            ("provisioningId", json!("bm9uZQ"), 45003),
            ("provisioningId", json!(theirs.provisioning_id), 45003),
        ] {
            let answer = client.post(PATH, &with(example(&template), json!({ name: value }))).await;
            assert_eq!(answer.errors(), (400, vec![(code, name)]), "{name}");
        }
        assert!(all(&world).await.is_empty());
    });
}
