//! `/v1/broadworks/subscribers/bulk`

mod file;

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use domain::{Fault, Permission, Permissions, timestamp::DAY};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _};
use serde_json::{Value, json};
use server::{
    live::Topic,
    provisioning::bulk,
    store::{Call, Mishap, Mishaps, Template},
};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{PATH, example, with};
use crate::entity::{bulk_row, subscriber};
use crate::support::{Act, Client, PUBLIC_URL, World, fault, for_each_database};

const BULK: &str = "/v1/broadworks/subscribers/bulk";

fn rows(template: &Template, numbers: impl IntoIterator<Item = u32>) -> Vec<Value> {
    let row = |number| {
        let own = json!({ "userId": format!("{number}@sp.com"), "email": format!("{number}@acme.com") });
        with(example(template), own)
    };
    numbers.into_iter().map(row).collect()
}

async fn carry_out_all(world: &World) {
    let worker = bulk::Worker::new(world.store.clone(), world.environment.clone());
    while worker.turn().await.unwrap() {}
}

/// Begins a job and works it off. Returns the job's path.
async fn bulk(world: &World, client: &Client, action: &str, rows: &[Value]) -> String {
    let job = client.post(BULK, &json!({ "action": action, "rows": rows })).await;
    assert_eq!((job.status.as_u16(), job.text("status")), (202, "running"), "{}", job.body);
    carry_out_all(world).await;
    let path = job.header("location").strip_prefix(PUBLIC_URL).unwrap().to_owned();
    assert_eq!(client.get(&path).await.text("status"), "finished");
    path
}

/// The outcome of each row and the codes and fields of what is wrong with it.
async fn outcomes(client: &Client, job: &str) -> Vec<(String, Vec<(u64, String)>)> {
    let answer = client.get(&format!("{job}/rows?max=100")).await;
    let items = answer.body["items"].as_array().unwrap();
    let shown = items.iter().enumerate().map(|(index, item)| {
        assert_eq!(item["row"], index + 1);
        let errors = item["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let code = |error: &Value| {
            (error["errorCode"].as_u64().unwrap(), error["fieldName"].as_str().unwrap_or_default().to_owned())
        };
        (item["outcome"].as_str().unwrap().to_owned(), errors.iter().map(code).collect())
    });
    shown.collect()
}

fn fine(outcome: &str) -> (String, Vec<(u64, String)>) {
    (outcome.to_owned(), vec![])
}

fn refused(errors: &[(u64, &str)]) -> (String, Vec<(u64, String)>) {
    ("refused".to_owned(), errors.iter().map(|(code, field)| (*code, (*field).to_owned())).collect())
}

async fn subscribers(world: &World) -> u64 {
    subscriber::Entity::find().count(world.store.read()).await.unwrap()
}

#[test]
fn what_a_refused_row_had_done_is_not_announced() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let mut changes = world.live.listen(Topic::Template(template.id));
        // The subscriber is written, and the order that follows fails.
        let work = world.store.work().await.unwrap();
        work.execute_unprepared("ALTER TABLE task RENAME COLUMN claims TO broken").await.unwrap();
        work.commit().await.unwrap();
        let job = bulk(&world, &client, "create", &rows(&template, [1])).await;
        assert_eq!(outcomes(&client, &job).await, [refused(&[(u64::from(Fault::Internal.code()), "")])]);
        assert_eq!(subscribers(&world).await, 0);
        assert!(changes.try_recv().is_err(), "nothing has changed");
    });
}

#[test]
fn good_rows_are_created_bad_ones_are_told_and_repeating_does_no_harm() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let mut rows = rows(&template, 1..=2);
        rows.push(with(example(&template), json!({ "userId": null, "package": "gold" })));
        rows.push(json!("no object"));
        rows.push(json!({ "provisioningId": "unknown", "userId": "3@sp.com" }));
        let again = rows[0].clone();
        rows.push(again);
        let job = bulk(&world, &client, "create", &rows).await;
        let expected = [
            fine("accepted"),
            fine("accepted"),
            refused(&[(1001, "userId"), (45001, "package")]),
            refused(&[(45002, "")]),
            refused(&[
                (45003, "provisioningId"),
                (1001, "spEnterpriseId"),
                (1001, "firstName"),
                (1001, "lastName"),
                (1001, "package"),
            ]),
            fine("unchanged"),
        ];
        assert_eq!(outcomes(&client, &job).await, expected);
        let shown = client.get(&job).await.body;
        assert_eq!(
            (&shown["rows"], &shown["accepted"], &shown["unchanged"], &shown["refused"]),
            (&6.into(), &2.into(), &1.into(), &3.into())
        );
        world.work().await;
        assert_eq!(world.accounts().await.len(), 2);

        let first = &client.get(&format!("{job}/rows?max=1")).await;
        let id = first.body["items"][0]["subscriberId"].as_str().unwrap();
        assert_eq!(client.get(&format!("{PATH}/{id}")).await.text("userId"), "1@sp.com");
        let next = first.header("link").trim_start_matches('<').split('>').next().unwrap().to_owned();
        assert_eq!(client.get(next.strip_prefix(PUBLIC_URL).unwrap()).await.body["items"][0]["row"], 2);
        let bad = client.get(&format!("{job}/rows?outcome=refused&offset=1")).await;
        assert_eq!(bad.body["items"].as_array().unwrap().len(), 2);

        let repeated = bulk(&world, &client, "create", &rows[..2]).await;
        assert_eq!(outcomes(&client, &repeated).await, [fine("unchanged"), fine("unchanged")]);
        let written = bulk_row::Entity::find().filter(bulk_row::Column::Written.is_not_null());
        assert_eq!(written.count(world.store.read()).await.unwrap(), 0, "what is done is forgotten");
        assert_eq!(subscribers(&world).await, 2);
    });
}

#[test]
fn subscribers_are_retried_changed_and_deleted() {
    for_each_database(async |world: World| {
        let trusted = world.trusted().await;
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        let failed = client.post(PATH, &with(example(&trusted), json!({ "userId": "failed@sp.com" }))).await;
        let failed = failed.text("id").to_owned();
        world.work().await;
        world.arrive(&template, "waiting@sp.com", None).await;
        let nobody = json!({ "userId": "nobody@sp.com" });

        let rows = [
            json!({ "id": failed }),
            json!({ "userId": "WAITING@sp.com", "email": "waiting@acme.com" }),
            json!({ "userId": "waiting@sp.com", "email": "waiting@" }),
            nobody.clone(),
            json!({}),
            json!({ "id": "x" }),
            json!({ "id": 1 }),
        ];
        let job = bulk(&world, &client, "retry", &rows).await;
        let expected = [
            fine("accepted"),
            fine("accepted"),
            refused(&[(43007, "email")]),
            refused(&[(45006, "")]),
            refused(&[(1001, "userId")]),
            refused(&[(45001, "id")]),
            refused(&[(45001, "id")]),
        ];
        assert_eq!(outcomes(&client, &job).await, expected);
        world.work().await;
        assert_eq!(world.accounts().await.len(), 2);
        let job = bulk(&world, &client, "retry", &rows[..2]).await;
        assert_eq!(outcomes(&client, &job).await, [refused(&[(44006, "")]), fine("unchanged")]);

        let premium = |user: &str| json!({ "userId": user, "package": "premium" });
        let rows = [
            premium("failed@sp.com"),
            premium("waiting@sp.com"),
            json!({ "id": failed, "package": "gold" }),
            json!({ "id": failed }),
        ];
        let job = bulk(&world, &client, "changePackage", &rows).await;
        let expected =
            [fine("accepted"), fine("accepted"), refused(&[(45001, "package")]), refused(&[(1001, "package")])];
        assert_eq!(outcomes(&client, &job).await, expected);
        let job = bulk(&world, &client, "changePackage", &rows[..2]).await;
        assert_eq!(outcomes(&client, &job).await, [fine("unchanged"), fine("unchanged")]);
        world.work().await;
        assert!(world.accounts().await.iter().all(|account| account.package == "premium"));

        let here = json!({ "id": failed, "provisioningId": trusted.provisioning_id });
        let rows = [here, json!({ "id": failed }), json!({ "id": failed, "provisioningId": "made-up" })];
        let job = bulk(&world, &client, "move", &rows).await;
        let unknown = (u64::from(Fault::UnknownProvisioningId.code()), "provisioningId");
        assert_eq!(
            outcomes(&client, &job).await,
            [fine("unchanged"), refused(&[(1001, "provisioningId")]), refused(&[unknown])]
        );

        let rows = [json!({ "id": failed }), json!({ "userId": "waiting@sp.com" }), nobody];
        let unclear = bulk(&world, &client, "delete", &[json!({ "id": failed, "forbid": "yes" })]).await;
        assert_eq!(outcomes(&client, &unclear).await, [refused(&[(45001, "")])]);
        for expected in ["accepted", "unchanged"] {
            let job = bulk(&world, &client, "delete", &rows).await;
            assert_eq!(outcomes(&client, &job).await, [fine(expected), fine(expected), fine("unchanged")]);
        }
        world.work().await;
        assert_eq!((subscribers(&world).await, world.accounts().await.len()), (0, 0));
    });
}

/// A server that has taken a job, and dies as it makes durable what it has done of it.
#[derive(Default)]
struct Dies {
    commits: AtomicUsize,
    now: Notify,
}

#[async_trait]
impl Mishaps for Dies {
    async fn next(&self, call: Call<'_>) -> Option<Mishap> {
        if call == Call::Commit && self.commits.fetch_add(1, Ordering::SeqCst) == 1 {
            self.now.notify_one();
            pending::<()>().await;
        }
        None
    }
}

#[test]
fn a_job_goes_on_after_a_crash_and_does_each_row_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let job = client.post(BULK, &json!({ "action": "create", "rows": rows(&template, 1..=120) })).await;
        let done = async || {
            bulk_row::Entity::find()
                .filter(bulk_row::Column::Outcome.is_not_null())
                .count(world.store.read())
                .await
                .unwrap()
        };
        let dies = Arc::new(Dies::default());
        let dying = bulk::Worker::new(world.store.with_mishaps(dies.clone()), world.environment.clone());
        tokio::select! {
            over = dying.turn() => panic!("the turn was over too early: {over:?}"),
            () = dies.now.notified() => {}
        }
        drop(dying);
        // What was being committed as it died is committed now, or never.
        world.store.work().await.unwrap().abandon().await.unwrap();
        // On SQLite the rows of a turn are one transaction.
        let before = done().await;
        assert!(before <= 50, "{before}");
        assert_eq!(subscribers(&world).await, before, "a row and its outcome are one");
        carry_out_all(&world).await;
        assert_eq!(done().await, before, "until its lease has ended, the dead server may still be at work");

        world.clock.advance(30_000);
        carry_out_all(&world).await;
        let shown = client.get(&format!("{BULK}/{}", job.text("id"))).await.body;
        assert_eq!((&shown["accepted"], &shown["unchanged"], &shown["refused"]), (&120.into(), &0.into(), &0.into()));
        assert_eq!(subscribers(&world).await, 120);
    });
}

#[test]
fn a_small_job_does_not_wait_for_a_large_one() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        client.post(BULK, &json!({ "action": "create", "rows": rows(&template, 1..=500) })).await;
        let worker = bulk::Worker::new(world.store.clone(), world.environment.clone());
        assert!(worker.turn().await.unwrap());
        world.clock.advance(1);
        let small = client.post(BULK, &json!({ "action": "delete", "rows": [{ "userId": "1@sp.com" }] })).await;
        world.clock.advance(1);
        for _ in 0..2 {
            worker.turn().await.unwrap();
            world.clock.advance(1);
        }
        let small = client.get(&format!("{BULK}/{}", small.text("id"))).await;
        assert_eq!((small.text("status"), &small.body["accepted"]), ("finished", &1.into()));
        assert_eq!(subscribers(&world).await, 99);
    });
}

#[test]
fn ten_thousand_rows_are_taken_at_once_and_no_more() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await.with_key("large");
        let mut all = json!({ "action": "create", "rows": rows(&template, 1..=10_000) });
        assert!(all.to_string().len() > 2 << 20);
        let first = client.post(BULK, &all).await;
        assert_eq!((first.status.as_u16(), &first.body["rows"]), (202, &10_000.into()));
        let again = client.post(BULK, &all).await;
        assert_eq!((again.text("id"), again.header("location")), (first.text("id"), first.header("location")));
        all["rows"].as_array_mut().unwrap().push(json!({}));
        assert_eq!(client.with_key("more").post(BULK, &all).await.errors(), (400, vec![(1002, "rows")]));
        assert_eq!(bulk_row::Entity::find().count(world.store.read()).await.unwrap(), 10_000);
    });
}

#[test]
fn a_row_that_names_another_partners_subscriber_touches_nobody() {
    for_each_database(async |world: World| {
        let (template, client) = (world.template(|_| ()).await, world.client().await);
        let user = client.post(PATH, &example(&template)).await;
        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        let row = json!({ "id": user.text("id"), "package": "premium" });
        for (action, outcome) in [
            ("changePackage", refused(&[(u64::from(Fault::UnknownResource.code()), "")])),
            ("delete", fine("unchanged")),
        ] {
            let job = bulk(&world, &other, action, std::slice::from_ref(&row)).await;
            assert_eq!(outcomes(&other, &job).await, [outcome], "{action}");
        }
        let path = format!("{PATH}/{}", user.text("id"));
        assert_eq!(client.get(&path).await.text("package"), user.text("package"));
    });
}

#[test]
fn nonsense_is_refused_and_jobs_are_their_partners() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        for (body, error) in [
            (json!({}), (1001, "action")),
            (json!({ "action": "destroy", "rows": [] }), (45001, "action")),
            (json!({ "action": "delete" }), (1001, "rows")),
            (json!({ "action": "delete", "rows": [] }), (1001, "rows")),
            (json!({ "action": "delete", "rows": {} }), (45001, "rows")),
        ] {
            assert_eq!(client.post(BULK, &body).await.errors(), (400, vec![error]), "{body}");
        }
        let rows = [json!("no object"), json!({ "userId": "nobody@sp.com" }), json!({ "userId": "none@sp.com" })];
        let begun = client.post(BULK, &json!({ "action": "retry", "rows": rows })).await;
        assert_eq!(
            (begun.text("status"), &begun.body["refused"]),
            ("running", &1.into()),
            "what is wrong is said at once"
        );
        let job = bulk(&world, &client, "delete", &[json!({ "userId": "nobody@sp.com" })]).await;
        for (query, field) in [("outcome=gone", "outcome"), ("cursor=x", "cursor"), ("max=0", "max")] {
            let answer = client.get(&format!("{job}/rows?{query}")).await;
            assert_eq!(answer.errors(), (400, vec![(45001, field)]));
        }
        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        for path in [job.clone(), format!("{job}/rows"), format!("{BULK}/{}", Uuid::nil())] {
            assert_eq!(other.get(&path).await.errors(), (404, vec![(45006, "")]), "{path}");
        }
        let reader = world.client_of(world.tenant, Permissions::of(&[Permission::UsersRead])).await;
        assert_eq!(reader.post(BULK, &json!({})).await.status, 403);
        assert_eq!(reader.get(&job).await.status, 200);

        bulk::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(client.get(&job).await.status, 200);
        world.clock.advance(30 * DAY);
        bulk::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(client.get(&job).await.status, 404);
        assert_eq!(bulk_row::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}
