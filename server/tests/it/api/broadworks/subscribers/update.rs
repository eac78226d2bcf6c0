//! `PUT /v1/broadworks/subscribers/{id}`

use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{PATH, example, with};
use crate::entity::subscriber;
use crate::support::{Act, Call, World, for_each_database};

#[test]
fn a_change_is_asynchronous_and_answered_with_the_old_values() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        let change = json!({
            "userId": "95547321@sp.com", "firstName": "Johnny", "lastName": "Anders", "package": "premium",
            "primaryPhoneNumber": "+1-240-555-0000", "mobilePhoneNumber": "", "timezone": "Europe/Rome", "language": "it",
        });
        let answer = client.put(&path, &change).await;
        assert_eq!(answer.status, 200);
        for (name, old) in [
            ("status", "updating"),
            ("firstName", "John"),
            ("package", "standard"),
            ("primaryPhoneNumber", "+1-240-555-1212"),
            ("mobilePhoneNumber", "+1-818-279-1234"),
        ] {
            assert_eq!(answer.text(name), old);
        }
        world.work().await;

        let changed = client.get(&path).await;
        for (name, new) in [
            ("status", "provisioned"),
            ("firstName", "Johnny"),
            ("lastName", "Anders"),
            ("package", "premium"),
            ("primaryPhoneNumber", "+1-240-555-0000"),
            ("extension", "1212"),
        ] {
            assert_eq!(changed.text(name), new);
        }
        assert!(changed.body.get("mobilePhoneNumber").is_none());
        let kept = subscriber::Entity::find().one(world.store.read()).await.unwrap().unwrap();
        assert_eq!((kept.timezone.as_deref(), kept.language.as_deref()), (Some("Europe/Rome"), Some("it")));
        let account = &world.accounts().await[0];
        assert_eq!((account.first_name.as_str(), account.package.as_str()), ("Johnny", "premium"));
    });
}

#[test]
fn the_group_that_newer_clients_send_is_kept_and_shown_and_goes_when_it_is_empty() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let created = client.post(PATH, &with(example(&template), json!({ "spEnterpriseGroupId": "Sales" }))).await;
        assert_eq!(created.text("spEnterpriseGroupId"), "Sales");
        let path = format!("{PATH}/{}", created.text("id"));
        world.work().await;
        for (sent, shown) in
            [(json!("Support"), json!("Support")), (json!(null), json!("Support")), (json!(""), json!(null))]
        {
            assert_eq!(client.put(&path, &json!({ "spEnterpriseGroupId": sent })).await.status, 200);
            world.work().await;
            assert_eq!(client.get(&path).await.body["spEnterpriseGroupId"], shown, "{sent}");
        }
        let long = client.put(&path, &json!({ "spEnterpriseGroupId": "x".repeat(300) })).await;
        assert_eq!(long.errors(), (400, vec![(1002, "spEnterpriseGroupId")]));
    });
}

#[test]
fn details_alone_reach_the_target_too() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        assert_eq!(client.put(&path, &json!({ "lastName": "Smith" })).await.text("status"), "updating");
        world.work().await;
        let account = &world.accounts().await[0];
        assert_eq!((account.last_name.as_str(), account.package.as_str()), ("Smith", "standard"));

        let calls = world.target.calls().len();
        assert_eq!(client.put(&path, &json!({ "lastName": "Smith" })).await.text("status"), "provisioned");
        assert_eq!(client.put(&path, &json!({})).await.text("status"), "provisioned");
        world.work().await;
        assert_eq!(world.target.calls().len(), calls, "nothing changed, nothing is done");
    });
}

#[test]
fn one_who_is_not_provisioned_yet_changes_at_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        let answer = client.put(&path, &json!({ "package": "basic", "firstName": "Johnny" })).await;
        assert_eq!((answer.text("package"), answer.text("firstName")), ("basic", "Johnny"));
        assert_eq!(answer.text("status"), "pending_email_validation");
        world.work().await;
        assert_eq!(world.postman.letters().len(), 1, "the mail is still sent");
    });
}

#[test]
fn a_failed_change_is_not_forgotten_when_details_change() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        world.target.plan([Act::Refuse(domain::Fault::TargetRefused.into())]);
        client.put(&path, &json!({ "package": "premium" })).await;
        world.work().await;
        assert_eq!(client.get(&path).await.text("status"), "error");
        client.put(&path, &json!({ "firstName": "Johnny" })).await;
        world.work().await;
        let changed = client.get(&path).await;
        assert_eq!((changed.text("package"), changed.text("firstName")), ("premium", "Johnny"));
    });
}

#[test]
fn while_a_change_is_under_way_another_one_has_to_wait() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        let answer = client.put(&path, &json!({ "firstName": "Johnny" })).await;
        assert_eq!(answer.errors(), (423, vec![(44004, "")]));
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        assert_eq!(client.get(&path).await.text("firstName"), "John");
        world.work().await;
        assert!(matches!(world.target.calls().as_slice(), [Call::Create(_)]));
    });
}

#[test]
fn a_user_keeps_a_number_to_be_reached_under() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        let neither = json!({ "primaryPhoneNumber": "", "extension": "" });
        assert_eq!(client.put(&path, &neither).await.errors(), (400, vec![(1001, "primaryPhoneNumber")]));
        let without = client.put(&path, &json!({ "primaryPhoneNumber": "" })).await;
        assert!(without.body.get("primaryPhoneNumber").is_none());
        assert_eq!(client.put(&path, &json!({ "extension": "" })).await.errors(), (400, vec![(1001, "extension")]));
    });
}

#[test]
fn another_users_id_cannot_be_taken_over() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        client.post(PATH, &with(example(&template), json!({ "userId": "2@sp.com" }))).await;

        let taken = client.put(&path, &json!({ "userId": "2@SP.com" })).await;
        assert_eq!(taken.errors(), (409, vec![(10022, "userId")]));
        assert_eq!(client.put(&path, &json!({ "userId": "3@sp.com" })).await.text("userId"), "3@sp.com");
        assert_eq!(client.put(&path, &json!({ "package": "gold" })).await.errors(), (400, vec![(45001, "package")]));
    });
}

#[test]
fn another_address_counts_as_vouched_for_and_the_same_one_changes_nothing() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        let read = client.get(&path).await.body;
        let answer = client.put(&path, &read).await;
        assert_eq!(answer.text("status"), "pending_email_validation", "what was read is no voucher when it comes back");

        let change = json!({ "email": "ann@acme.com", "package": "basic", "firstName": "Ann" });
        let answer = client.put(&path, &change).await;
        assert_eq!((answer.status.as_u16(), answer.text("status")), (200, "provisioning"));
        assert_eq!(client.put(&path, &json!({ "email": "bob@acme.com" })).await.errors(), (423, vec![(44004, "")]));
        world.work().await;
        let after = client.get(&path).await;
        assert_eq!(
            (after.text("email"), after.text("package"), after.text("firstName")),
            ("ann@acme.com", "basic", "Ann")
        );
        let late = client.put(&path, &json!({ "email": "bob@acme.com", "firstName": "Bob" })).await;
        assert_eq!(late.errors(), (409, vec![(44005, "")]));
        assert_eq!(client.get(&path).await.text("firstName"), "Ann", "nothing was changed");
        assert!(world.postman.letters().is_empty());
    });
}

#[test]
fn a_subscriber_stays_in_its_enterprise_and_under_its_template() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let other = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        let before = client.get(&path).await.body;
        for (change, names) in [
            (json!({ "spEnterpriseId": "Reseller1+other" }), vec!["spEnterpriseId"]),
            (json!({ "provisioningId": other.provisioning_id }), vec!["provisioningId"]),
            (json!({ "spEnterpriseId": "x", "provisioningId": "x" }), vec!["spEnterpriseId", "provisioningId"]),
        ] {
            let refused = client.put(&path, &with(change.clone(), json!({ "firstName": "Johnny" }))).await;
            let expected = names.into_iter().map(|name| (45021, name)).collect();
            assert_eq!(refused.errors(), (400, expected), "{change}");
        }
        assert_eq!(client.get(&path).await.body, before, "nothing was changed");
        let back = with(before, json!({ "firstName": "Johnny", "errors": null }));
        assert_eq!(client.put(&path, &back).await.status, 200, "what was read may be sent back");
        world.work().await;
        assert_eq!(client.get(&path).await.text("firstName"), "Johnny");
    });
}
