//! `/adapter/<provisioning id>`

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use axum::{body::Body, http::Method};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Fault, Field, draft::Draft, timestamp::MINUTE};
use futures::future::{BoxFuture, join, join_all};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use server::{
    access::adapter_accounts::{self, Credentials},
    provisioning::{
        admission::Comeback,
        flow_through,
        update::{self, Removal},
    },
    store::{Actor, Call, Mishap, Mishaps, Template},
};

use crate::entity::{adapter_account, audit_event, subscriber, throttle};
use crate::support::{Act, Client, World, fault, for_each_database};

const USER: &str = "95547321@sp.com";

fn user() -> Value {
    json!({
        "userId": USER, "spEnterpriseId": "SP1+acme", "firstName": "John", "lastName": "Andersen",
        "primaryPhoneNumber": "+1-240-555-1212",
    })
}

fn basic(account: &Credentials) -> String {
    format!("Basic {}", STANDARD.encode(format!("{}:{}", account.user_name, account.secret)))
}

/// The path of a template's users, and BroadWorks.
async fn broadworks(world: &World, template: &Template) -> (String, Client) {
    let account = adapter_accounts::set(&world.store, &world.environment, template, None, None).await.unwrap();
    let client = world.client().await.with_authorization(&basic(&account));
    (format!("/adapter/{}/users", template.provisioning_id), client)
}

async fn users(world: &World) -> Vec<subscriber::Model> {
    subscriber::Entity::find().all(world.store.read()).await.unwrap()
}

#[test]
fn adding_is_accepted_durably_and_may_be_repeated() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let (path, broadworks) = broadworks(&world, &template).await;
        let added = broadworks.post(&path, &user()).await;
        assert_eq!((added.status.as_u16(), added.text("status")), (202, "pending_email_input"));
        assert_eq!((added.text("userId"), added.text("package")), (USER, "standard"));
        assert_eq!(added.text("provisioningId"), template.provisioning_id);
        let row = users(&world).await;
        assert_eq!(row.len(), 1, "it is there when the answer is");

        let again = broadworks.post(&path, &user()).await;
        assert_eq!((again.status.as_u16(), again.body), (202, added.body));
        assert_eq!(users(&world).await, row);
        assert_eq!(world.history(row[0].id).await, ["arrived"]);
        let audited = audit_event::Entity::find().all(world.store.read()).await.unwrap();
        let by_adapter = |one: &&audit_event::Model| one.actor == format!("adapter:{}", template.id);
        assert_eq!(audited.iter().filter(by_adapter).map(|one| one.deed.as_str()).collect::<Vec<_>>(), ["user_added"]);

        let mut other = user();
        other["userId"] = USER.to_uppercase().into();
        other["package"] = "premium".into();
        let changed = broadworks.post(&path, &other).await;
        assert_eq!((changed.status.as_u16(), changed.text("package")), (202, "premium"));
        assert_eq!(users(&world).await.len(), 1);
    });
}

#[test]
fn repeated_at_once_it_is_accepted_each_time() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let mut draft = Draft::default();
        for (field, text) in [
            (Field::UserId, USER),
            (Field::SpEnterpriseId, "SP1+acme"),
            (Field::FirstName, "John"),
            (Field::LastName, "Lee"),
        ] {
            draft.set(field, Ok(text.to_owned()));
        }
        // Until all of them stand in line, nobody gets on: so they share a commit where commits are shared.
        let before = world.store.work().await.unwrap();
        let calls = (0..6).map(|_| flow_through::add(&world.store, &world.environment, &template, &draft));
        let (added, ()) = join(join_all(calls), async { drop(before) }).await;
        let added: HashSet<_> = added.into_iter().map(|added| added.unwrap().id).collect();
        assert_eq!(added.len(), 1);
    });
}

#[test]
fn modifying_and_removing_follow_the_user_and_may_be_repeated() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let (path, broadworks) = broadworks(&world, &template).await;
        let mut new = user();
        new["email"] = "john@acme.com".into();
        assert_eq!(broadworks.post(&path, &new).await.text("status"), "provisioning");
        let one = format!("{path}/95547321%40SP.com");
        let busy = broadworks.put(&one, &json!({ "firstName": "Johnny" })).await;
        assert_eq!(busy.errors(), (423, vec![(44004, "")]));
        assert_eq!(busy.header("retry-after"), "5");
        world.work().await;

        for _ in 0..2 {
            let changed = broadworks.put(&one, &json!({ "firstName": "Johnny", "package": "premium" })).await;
            assert_eq!(changed.status, 202);
            world.work().await;
        }
        let accounts = world.accounts().await;
        assert_eq!((accounts[0].first_name.as_str(), accounts[0].package.as_str()), ("Johnny", "premium"));

        assert_eq!(broadworks.delete(&one).await.status, 204);
        let early = broadworks.post(&path, &new).await;
        assert_eq!(early.errors(), (423, vec![(44004, "")]), "one who is about to go is not accepted");
        assert_eq!(broadworks.delete(&one).await.status, 204);
        world.work().await;
        assert!(users(&world).await.is_empty() && world.accounts().await.is_empty());
        assert_eq!(broadworks.delete(&one).await.status, 204);
        assert_eq!(broadworks.put(&one, &json!({})).await.errors(), (404, vec![(45006, "")]));
        assert_eq!(broadworks.post(&path, &new).await.status, 202, "and may come again");
    });
}

/// Something happens before the next unit of work begins.
struct Meanwhile(Mutex<Option<BoxFuture<'static, ()>>>);

#[async_trait]
impl Mishaps for Meanwhile {
    async fn next(&self, call: Call<'_>) -> Option<Mishap> {
        let begins = matches!(call, Call::Begin);
        let happens = if begins { self.0.lock().unwrap().take() } else { None };
        if let Some(happens) = happens {
            happens.await;
        }
        None
    }
}

#[test]
fn removing_whoever_is_gone_meanwhile_is_done() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, USER, None).await;
        let (store, environment, own) = (world.store.clone(), world.environment.clone(), (world.tenant, user.id));
        let removed = async move {
            update::remove(&store, &environment, own, &Actor::Import, Comeback::Allowed).await.unwrap();
        };
        let slow = world.store.with_mishaps(Arc::new(Meanwhile(Mutex::new(Some(Box::pin(removed))))));
        let removal = flow_through::remove(&slow, &world.environment, &template, &user.user_id).await;
        assert_eq!(removal.unwrap(), Removal::Begun);
        assert_eq!(users(&world).await, []);
    });
}

#[test]
fn an_address_counts_only_where_the_template_trusts_it() {
    for_each_database(async |world: World| {
        for (template, expected) in
            [(world.trusted().await, "provisioning"), (world.template(|_| ()).await, "pending_email_input")]
        {
            let (path, broadworks) = broadworks(&world, &template).await;
            let mut new = user();
            new["userId"] = format!("{expected}@sp.com").into();
            assert_eq!(broadworks.post(&path, &new).await.text("status"), "pending_email_input");
            new["email"] = format!("{expected}@acme.com").into();
            assert_eq!(broadworks.post(&path, &new).await.text("status"), expected);
            world.work().await;
            assert_eq!(broadworks.post(&path, &new).await.status, 202, "an address that is there is no hindrance");
        }
        assert_eq!(world.accounts().await.len(), 1);
    });
}

#[test]
fn what_is_wrong_is_told_and_other_templates_users_are_not_touched() {
    for_each_database(async |world: World| {
        let (first, second) = (world.template(|_| ()).await, world.template(|_| ()).await);
        let (path, broadworks_of_first) = broadworks(&world, &first).await;
        world.arrive(&second, USER, None).await;
        assert_eq!(broadworks_of_first.post(&path, &user()).await.errors(), (409, vec![(10022, "userId")]));
        assert_eq!(broadworks_of_first.delete(&format!("{path}/{USER}")).await.status, 204);
        assert_eq!(users(&world).await.len(), 1);
        let missing = broadworks_of_first.post(&path, &json!({ "firstName": 1 })).await;
        let expected = vec![(1001, "userId"), (1001, "spEnterpriseId"), (45001, "firstName"), (1001, "lastName")];
        assert_eq!(missing.errors(), (400, expected));
        let typed = broadworks_of_first.call(Method::POST, &path, Some("text/xml"), Body::from("<user/>")).await;
        assert_eq!(typed.errors(), (415, vec![(45008, "")]));
        assert_eq!(broadworks_of_first.get(&path).await.errors(), (405, vec![(45007, "")]));
        for nowhere in ["/adapter/x", "/adapter/x/people"] {
            assert_eq!(broadworks_of_first.get(nowhere).await.errors(), (404, vec![(45006, "")]), "{nowhere}");
        }
        let foreign = path.replace(&first.provisioning_id, &second.provisioning_id);
        assert_eq!(broadworks_of_first.post(&foreign, &user()).await.status, 401, "one account, one template");
    });
}

#[test]
fn the_history_says_which_adapter_it_was() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let (path, broadworks) = broadworks(&world, &template).await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        let mut new = user();
        new["email"] = "john@acme.com".into();
        let id = broadworks.post(&path, &new).await.text("id").to_owned();
        let history = world.client().await.get(&format!("/v1/broadworks/subscribers/{id}/history")).await;
        assert_eq!(history.body["items"][0]["actor"], format!("adapter:{}", template.id));
    });
}

#[test]
fn credentials_are_kept_hashed_and_compared_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let set = async |user: Option<&str>, secret: Option<&str>| {
            let (user, secret) = (user.map(str::to_owned), secret.map(str::to_owned));
            adapter_accounts::set(&world.store, &world.environment, &template, user, secret).await
        };
        let account = set(None, None).await.unwrap();
        assert_eq!(account.secret.chars().count(), adapter_accounts::LONGEST_SECRET);
        let stored = adapter_account::Entity::find().one(world.store.read()).await.unwrap().unwrap();
        assert!(stored.secret_hash.starts_with("$argon2id$") && !stored.secret_hash.contains(&account.secret));
        let path = format!("/adapter/{}/users", template.provisioning_id);
        let client = world.client().await;
        let broadworks = client.with_authorization(&basic(&account));
        // More at once than may be compared at once: the first one's answer is good for all.
        let user = user();
        let calls = (0..60).map(|_| broadworks.post(&path, &user));
        let accepted = futures::future::join_all(calls).await;
        assert!(accepted.iter().all(|answer| answer.status == 202));
        assert_eq!(throttle::Entity::find().all(world.store.read()).await.unwrap(), [], "what is right never counts");

        let renewed = set(None, Some("another secret".replace(' ', "-").as_str())).await.unwrap();
        assert_eq!(renewed.user_name, account.user_name);
        assert_eq!(broadworks.post(&path, &user).await.status, 401, "the old one is worthless at once");
        assert_eq!(client.with_authorization(&basic(&renewed)).post(&path, &user).await.status, 202);
        for (name, secret) in [
            ("a:b", "long-enough-secret"),
            ("a b", "long-enough-secret"),
            ("a", "short"),
            ("a", "x".repeat(21).as_str()),
        ] {
            assert!(set(Some(name), Some(secret)).await.is_err(), "{name} {secret}");
        }
    });
}

#[test]
fn a_guesser_learns_nothing_and_is_stopped_while_broadworks_goes_on() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let (path, broadworks) = broadworks(&world, &template).await;
        assert_eq!(broadworks.post(&path, &user()).await.status, 202);
        let none = broadworks.without_authorization().post(&path, &user()).await;
        assert_eq!(none.errors(), (401, vec![(45014, "")]));
        assert_eq!(none.header("www-authenticate"), "Basic realm=\"flowthrough\", charset=\"UTF-8\"");
        let guess = |secret: &str| Credentials { user_name: "flowthrough".to_owned(), secret: secret.to_owned() };
        let unknown = broadworks.with_authorization(&basic(&guess("x"))).post("/adapter/unknown/users", &user()).await;
        assert_eq!(
            (unknown.errors(), unknown.header("www-authenticate")),
            (none.errors(), none.header("www-authenticate"))
        );
        for header in ["Basic", "Basic %%%", "Basic dXNlcg==", "Bearer dXNlcjpwYXNz"] {
            assert_eq!(broadworks.with_authorization(header).post(&path, &user()).await.status, 401, "{header}");
        }
        // A template that does not exist is refused as one that does: one guess was made there before.
        for (path, guesses) in [(path.as_str(), 30), ("/adapter/unknown/users", 29)] {
            for secret in 0..guesses {
                let guesser = broadworks.with_authorization(&basic(&guess(&secret.to_string())));
                assert_eq!(guesser.post(path, &user()).await.status, 401, "{path} {secret}");
            }
            let refused = broadworks.with_authorization(&basic(&guess("x"))).post(path, &user()).await;
            assert_eq!((refused.errors(), refused.header("retry-after")), ((429, vec![(45010, "")]), "900"), "{path}");
        }
        assert_eq!(broadworks.post(&path, &user()).await.status, 202);
        world.clock.advance(15 * MINUTE);
        assert_eq!(broadworks.post(&path, &user()).await.status, 202, "compared anew after a while");
    });
}

#[test]
fn whoever_is_said_to_be_in_another_enterprise_is_not_called_accepted() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let (path, broadworks) = broadworks(&world, &template).await;
        assert_eq!(broadworks.post(&path, &user()).await.status, 202);
        let mut moved = user();
        moved["spEnterpriseId"] = "SP1+other".into();
        assert_eq!(broadworks.post(&path, &moved).await.errors(), (400, vec![(45021, "spEnterpriseId")]));
        let one = format!("{path}/{USER}");
        assert_eq!(broadworks.put(&one, &moved).await.errors(), (400, vec![(45021, "spEnterpriseId")]));
        assert_eq!(broadworks.put(&one, &user()).await.status, 202);
        assert_eq!(broadworks.put(&format!("{path}/a%20b"), &user()).await.errors(), (400, vec![(45001, "userId")]));
    });
}
