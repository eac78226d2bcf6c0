//! `Idempotency-Key`

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{body::Body, http::Method};
use domain::{limit, timestamp::MINUTE};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _};
use serde_json::{Value, json};
use server::{
    http::api,
    store::{Call, Mishap, Mishaps},
};
use tokio::{sync::Notify, time::timeout};

use crate::entity::{idempotency_key, subscriber, webhook};
use crate::support::{World, for_each_database};

const PATH: &str = "/v1/broadworks/subscribers";
/// How long a call may take whose client has left.
const PATIENCE: Duration = Duration::from_secs(60);

/// Says when a call has called the database so many times.
#[derive(Default)]
struct HangUp {
    after: Mutex<usize>,
    now: Notify,
}

#[async_trait]
impl Mishaps for HangUp {
    async fn next(&self, _: Call<'_>) -> Option<Mishap> {
        let mut left = self.after.lock().unwrap();
        *left = left.saturating_sub(1);
        if *left == 0 {
            self.now.notify_one();
        }
        None
    }
}

async fn body(world: &World) -> Value {
    json!({
        "provisioningId": world.trusted().await.provisioning_id, "userId": "1@sp.com", "spEnterpriseId": "SP1+acme",
        "firstName": "Ann", "lastName": "Lee", "package": "standard", "extension": "1", "email": "ann@acme.com",
    })
}

async fn subscribers(world: &World) -> u64 {
    subscriber::Entity::find().count(world.store.read()).await.unwrap()
}

#[test]
fn a_repeated_call_is_answered_as_it_was_the_first_time() {
    for_each_database(async |world: World| {
        let body = body(&world).await;
        let client = world.client().await.with_key("first");
        let first = client.post(PATH, &body).await;
        assert_eq!(first.status, 200);
        assert!(first.headers.get("idempotent-replayed").is_none());
        world.work().await;
        let again = client.at_replica(&world).post(PATH, &body).await;
        assert_eq!((again.status, &again.body), (first.status, &first.body));
        assert_eq!(again.header("trackingid"), first.header("trackingid"));
        assert_eq!((again.header("content-type"), again.header("idempotent-replayed")), ("application/json", "true"));
        assert_eq!(subscribers(&world).await, 1);

        // A refused call has done nothing: it is carried out anew. Another key and another token are other calls.
        let second = client.with_key("second");
        let refused = second.post(PATH, &body).await;
        assert_eq!(refused.errors(), (409, vec![(10022, "userId")]));
        let id = first.text("id");
        assert_eq!(client.delete(&format!("{PATH}/{id}")).await.status, 204);
        world.work().await;
        let anew = second.post(PATH, &body).await;
        assert_eq!((anew.status.as_u16(), anew.headers.get("idempotent-replayed")), (200, None));
        let other = world.client().await.with_key("first").post(PATH, &body).await;
        assert_eq!(other.status, 409);
        assert!(other.headers.get("idempotent-replayed").is_none());
    });
}

#[test]
fn a_key_stands_for_one_request() {
    for_each_database(async |world: World| {
        let body = body(&world).await;
        let client = world.client().await.with_key("key");
        assert_eq!(client.post(PATH, &body).await.status, 200);
        let mut different = body.clone();
        different["firstName"] = "Anne".into();
        assert_eq!(client.post(PATH, &different).await.errors(), (422, vec![(45012, "")]));
        assert_eq!(client.post(&format!("{PATH}/validate"), &body).await.errors(), (422, vec![(45012, "")]));
        for (key, code) in [("", 45001), (" ", 45001), ("\u{e4}", 45001), (&"x".repeat(256), 1002)] {
            let refused = client.with_key(key).post(PATH, &body).await;
            assert_eq!(refused.errors(), (400, vec![(code, "Idempotency-Key")]), "{key:?}");
        }
        let get = client.get(PATH).await;
        assert_eq!((get.status.as_u16(), get.body["items"].as_array().unwrap().len()), (200, 1), "only POST has keys");
    });
}

#[test]
fn of_two_at_the_same_time_one_is_carried_out() {
    for_each_database(async |world: World| {
        let body = body(&world).await;
        let client = world.client().await.with_key("key");
        let calls = (0..8).map(|_| {
            let (client, body) = (client.at_replica(&world), body.clone());
            async move { client.post(PATH, &body).await }
        });
        let answers = futures::future::join_all(calls).await;
        let done: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert!(!done.is_empty() && done.iter().all(|answer| answer.body == done[0].body));
        for busy in answers.iter().filter(|answer| answer.status != 200) {
            assert_eq!((busy.errors(), busy.header("retry-after")), ((409, vec![(45013, "")]), "1"));
        }
        assert_eq!(subscribers(&world).await, 1);
        assert_eq!(client.post(PATH, &body).await.body, done[0].body);
    });
}

#[test]
fn a_client_that_hangs_up_finds_the_answer_when_it_asks_again() {
    for_each_database(async |world: World| {
        let hang_up = Arc::new(HangUp::default());
        let (store, api_calls) = (world.store.with_mishaps(hang_up.clone()), i64::MAX);
        let world = World { store, api_calls, ..world };
        let (client, body) = (world.client().await, body(&world).await);
        for calls in 1.. {
            let client = client.with_key(&calls.to_string());
            let body = {
                let mut body = body.clone();
                body["userId"] = format!("{calls}@sp.com").into();
                body["email"] = format!("{calls}@acme.com").into();
                body
            };
            *hang_up.after.lock().unwrap() = calls;
            let answered = tokio::select! {
                biased;
                () = hang_up.now.notified() => false,
                // A server that has too much to do says so before it has called the database once.
                answer = client.post(PATH, &body) => answer.status == 200,
            };
            *hang_up.after.lock().unwrap() = usize::MAX;
            let again = async {
                loop {
                    let again = client.post(PATH, &body).await;
                    if again.errors() != (409, vec![(45013, "")]) {
                        return again;
                    }
                    tokio::task::yield_now().await;
                }
            };
            let again = timeout(PATIENCE, again).await.expect("nothing is under way, and the key is not free");
            assert_eq!(again.status, 200, "hung up after {calls} calls of the database");
            if answered {
                assert!(calls > 10, "{calls} calls are too few to mean anything");
                break;
            }
        }
    });
}

#[test]
fn a_call_whose_server_died_is_made_again_if_it_had_done_nothing() {
    for_each_database(async |world: World| {
        let body = body(&world).await;
        let client = world.client().await.with_key("key");
        assert_eq!(client.post(PATH, &body).await.status, 200);
        // As if the server had died before it wrote the answer down.
        let mut row =
            idempotency_key::Entity::find().one(world.store.read()).await.unwrap().unwrap().into_active_model();
        let write = async |row: &idempotency_key::ActiveModel| {
            let work = world.store.work().await.unwrap();
            row.clone().update(&*work).await.unwrap();
            work.commit().await.unwrap();
        };
        row.status = Set(None);
        write(&row).await;
        assert_eq!(client.post(PATH, &body).await.errors(), (409, vec![(45013, "")]));
        world.clock.advance(MINUTE);
        assert_eq!(client.post(PATH, &body).await.errors(), (409, vec![(45020, "")]), "it was done");
        // As if it had done nothing: what is there is another call's.
        row.tracking_id = Set(None);
        write(&row).await;
        assert_eq!(client.post(PATH, &body).await.errors(), (409, vec![(10022, "userId")]), "it is carried out");
        assert_eq!(subscribers(&world).await, 1);
    });
}

#[test]
fn what_passes_by_itself_is_not_kept_and_nothing_is_kept_for_ever() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let mut body = body(&world).await;
        body["provisioningId"] = template.provisioning_id.into();
        let id = client.post(PATH, &body).await.text("id").to_owned();
        let (retry, onboard) = (format!("{PATH}/{id}/retry"), json!({ "email": "ann@acme.com" }));
        client.post(&retry, &onboard).await;
        let keyed = client.with_key("key");
        assert_eq!(keyed.post(&retry, &onboard).await.status, 423);
        world.work().await;
        assert_eq!(keyed.post(&retry, &onboard).await.errors(), (409, vec![(44005, "")]), "asked again, not replayed");

        assert_eq!(
            client.with_key("kept").post(&format!("{PATH}/validate"), &json!({ "email": "a@b.cd" })).await.status,
            200
        );
        let kept = async || idempotency_key::Entity::find().count(world.store.read()).await.unwrap();
        api::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(kept().await, 1);
        world.clock.advance(limit::IDEMPOTENCY);
        assert_eq!(keyed.call(Method::POST, PATH, None, Body::empty()).await.status, 415, "a new day, a new call");
        world.clock.advance(limit::IDEMPOTENCY);
        api::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(kept().await, 0);
    });
}

/// At the COMMIT of something that is done: whether it is, nobody hears.
#[derive(Default)]
struct AtTheEnd {
    mishap: Mutex<Option<Mishap>>,
    has_deed: Mutex<bool>,
}

#[async_trait]
impl Mishaps for AtTheEnd {
    async fn next(&self, call: Call<'_>) -> Option<Mishap> {
        let mut has_deed = self.has_deed.lock().unwrap();
        match call {
            Call::Begin => *has_deed = false,
            Call::Statement(sql) => *has_deed |= sql.contains("INSERT INTO \"audit_event\""),
            Call::Commit if *has_deed => return self.mishap.lock().unwrap().take(),
            Call::Commit | Call::Read(_) => {}
        }
        None
    }
}

#[test]
fn what_was_done_without_an_answer_is_not_done_again() {
    for_each_database(async |world: World| {
        let at_the_end = Arc::new(AtTheEnd::default());
        let world = World { store: world.store.with_mishaps(at_the_end.clone()), ..world };
        let client = world.client().await;
        let new = json!({ "url": "https://hooks.example.com/", "events": ["subscriber.error"] });
        let webhooks = async || webhook::Entity::find().count(world.store.read()).await.unwrap();

        // The database carried it out, and nobody heard.
        *at_the_end.mishap.lock().unwrap() = Some(Mishap::Unheard);
        let done = client.with_key("done");
        assert_eq!(done.post("/v1/webhooks", &new).await.errors(), (503, vec![(49002, "")]));
        assert_eq!(webhooks().await, 1);
        for _ in 0..2 {
            assert_eq!(done.post("/v1/webhooks", &new).await.errors(), (409, vec![(45020, "")]));
            world.clock.advance(2 * MINUTE);
        }
        assert_eq!(webhooks().await, 1, "it was done twice");

        // The database gave it up, and nobody heard.
        *at_the_end.mishap.lock().unwrap() = Some(Mishap::GivenUp);
        let undone = client.with_key("undone");
        assert_eq!(undone.post("/v1/webhooks", &new).await.errors(), (503, vec![(49002, "")]));
        assert_eq!(webhooks().await, 1);
        assert_eq!(undone.post("/v1/webhooks", &new).await.status, 201);
        assert_eq!(webhooks().await, 2);
    });
}
