//! Every call to the database is made to fail in turn, as SQLite tests itself: the first one, the second one, and so on until
//! a run goes through without a failure. Whatever was accepted is there afterwards, once.

mod change;

use std::{
    cell::Cell,
    fmt,
    io::Cursor,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use domain::{limit, timestamp::MINUTE};
use sea_orm::{ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, QueryFilter as _};
use serde_json::json;
use server::{
    fault::Trouble,
    import::{ImportOptions, import},
    provisioning::{activation, bulk, queue::LEASE},
    store::{self, Mishap, Mishaps, Store, SubscriberId},
};

use crate::entity::{bulk_job, directory_account, history, subscriber, task, usage};
use crate::support::{Client, Refused as _, World, for_each_database};

/// How long the engine may take for what was left behind.
const PATIENCE: Duration = Duration::from_secs(30);
const SUBSCRIBERS: &str = "/v1/broadworks/subscribers";
const ALL: [Mishap; 3] = [Mishap::Refused, Mishap::GivenUp, Mishap::Unheard];

/// Lets one call fail.
#[derive(Default)]
struct Nth(Mutex<Option<(usize, Mishap)>>);

impl Nth {
    /// The call after so many others fails.
    fn arm(&self, others: usize, mishap: Mishap) {
        *self.0.lock().unwrap() = Some((others, mishap));
    }

    /// All goes well from now on. Returns whether a call has failed.
    fn disarm(&self) -> bool {
        self.0.lock().unwrap().take().is_none()
    }
}

#[async_trait]
impl Mishaps for Nth {
    async fn next(&self, _: store::Call<'_>) -> Option<Mishap> {
        let mut armed = self.0.lock().unwrap();
        match armed.as_mut()? {
            (0, mishap) => {
                let mishap = *mishap;
                *armed = None;
                Some(mishap)
            }
            (others, _) => {
                *others -= 1;
                None
            }
        }
    }
}

/// One run of what is tried, in which one call to the database fails.
struct Run<'a> {
    nth: &'a Nth,
    /// So many calls go well before.
    others: usize,
    mishap: Mishap,
    failed: Cell<bool>,
}

impl Run<'_> {
    /// Does this, of which one call fails if it makes so many.
    async fn one_call_fails<T>(&self, what: impl Future<Output = T>) -> T {
        self.nth.arm(self.others, self.mishap);
        let outcome = what.await;
        self.failed.set(self.nth.disarm());
        outcome
    }

    /// A BroadWorks id that no other run has.
    fn user(&self, name: &str) -> String {
        format!("{name}{:?}{}@sp.example", self.mishap, self.others)
    }
}

impl fmt::Display for Run<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "when call {} was {:?}", self.others, self.mishap)
    }
}

/// Runs this for each of its calls, of which there are more than so many, and for each way in which that can fail.
async fn each_call_fails(nth: &Nth, few: usize, what: impl AsyncFn(&Run)) {
    for mishap in ALL {
        each_call(nth, few, |_| mishap, &what).await;
    }
}

/// As [`each_call_fails`], but each call fails in one of the ways only, as the runs take turns.
async fn each_call_fails_somehow(nth: &Nth, few: usize, what: impl AsyncFn(&Run)) {
    each_call(nth, few, |others| ALL[others % ALL.len()], what).await;
}

async fn each_call(nth: &Nth, few: usize, mishap: impl Fn(usize) -> Mishap, what: impl AsyncFn(&Run)) {
    for others in 0.. {
        let run = Run { nth, others, mishap: mishap(others), failed: Cell::new(false) };
        what(&run).await;
        if !run.failed.get() {
            assert!(others > few, "{others} calls are too few to mean anything");
            break;
        }
    }
}

/// A world whose calls fail when told to, and its database as it is.
fn with_mishaps(world: World) -> (World, Store, Arc<Nth>) {
    let (nth, store) = (Arc::new(Nth::default()), world.store.clone());
    (World { store: store.with_mishaps(nth.clone()), ..world }, store, nth)
}

async fn find(store: &Store, user: &str) -> Vec<subscriber::Model> {
    subscriber::Entity::find().filter(subscriber::Column::UserId.eq(user)).all(store.read()).await.unwrap()
}

async fn events(store: &Store, of: &subscriber::Model) -> Vec<String> {
    let steps = history::Entity::find().filter(history::Column::OwnerId.eq(of.id)).all(store.read()).await.unwrap();
    steps.into_iter().map(|step| step.event).collect()
}

async fn accounts(store: &Store, of: SubscriberId) -> Vec<directory_account::Model> {
    let of = directory_account::Column::ExternalId.eq(of);
    directory_account::Entity::find().filter(of).all(store.read()).await.unwrap()
}

/// Who arrived is there once, with what follows.
async fn expect_arrived_once(store: &Store, user: &str, here: &str) {
    let there = find(store, user).await;
    assert_eq!(there.len(), 1, "{here}");
    assert_eq!(events(store, &there[0]).await, ["arrived"], "{here}");
    let tasks = task::Entity::find().filter(task::Column::OwnerId.eq(there[0].id));
    assert_eq!(tasks.all(store.read()).await.unwrap().len(), 1, "{here}");
}

#[test]
fn whichever_call_of_an_arrival_fails_accepted_means_there_and_only_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let (world, store, nth) = with_mishaps(world);
        let client = world.client().await;
        each_call_fails(&nth, 10, async |run| {
            let user = run.user("");
            let body = json!({
                "provisioningId": template.provisioning_id, "userId": user, "spEnterpriseId": format!("SP1+{user}"),
                "firstName": "Ann", "lastName": "Lee", "package": "standard", "email": user,
            });
            let answer = run.one_call_fails(client.post(SUBSCRIBERS, &body)).await;
            let there = find(&store, &user).await;
            match answer.status.as_u16() {
                200 => assert_eq!(there.len(), 1, "accepted {run}"),
                503 => {
                    assert_eq!((answer.errors().1, answer.header("retry-after")), (vec![(49002, "")], "2"));
                    // It may have been taken in before the answer was made.
                    assert!(run.failed.get() && there.len() <= 1, "{run}");
                }
                other => panic!("{other} {run}: {}", answer.body),
            }
            // Whoever was not told that it went well does it again.
            if there.is_empty() {
                assert_eq!(client.post(SUBSCRIBERS, &body).await.status, 200);
            }
            expect_arrived_once(&store, &user, &run.to_string()).await;
        })
        .await;
        world.work().await;
    });
}

/// One whole activation, in which a call may fail. Whoever sees that waits a moment and goes on.
async fn activate(world: &World, store: &Store, client: &Client, provisioning_id: &str, user: &str) {
    let body = json!({
        "provisioningId": provisioning_id, "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "Ann",
        "lastName": "Lee", "package": "standard",
    });
    let answer = client.post(SUBSCRIBERS, &body).await;
    if answer.status != 200 {
        assert_eq!(answer.errors(), (503, vec![(49002, "")]));
        let again = client.post(SUBSCRIBERS, &body).await;
        let again = again.errors();
        assert!(again == (200, vec![]) || again == (409, vec![(10022, "userId")]), "{again:?}");
    }
    let id = find(store, user).await.pop().expect("it was accepted").id;
    let asking = server::store::subscriber::by_own_id(store.read(), id).await.unwrap().unwrap();
    go_on(activation::enter_address(&world.store, &world.environment, &asking, user, "en").await);
    if find(store, user).await[0].status == "pending_email_input" {
        activation::enter_address(&world.store, &world.environment, &asking, user, "en").await.unwrap();
    }
    drain(world, store).await;
    // A mail that may have been sent is not sent again by itself: whoever has none asks for another one.
    if world.postman.letters().last().is_none_or(|letter| letter.subscriber.id != id) {
        world.clock.advance(limit::RESEND_AFTER);
        activation::resend(&world.store, &world.environment, &asking, "en").await.unwrap();
        drain(world, store).await;
    }
    let token = world.postman.last().token;
    if let Err(error) = world.prove_by_link(&token).await {
        assert!(matches!(error, Trouble::Interrupted(_)), "{error}");
        // It may have been proven all the same.
        let again = world.prove_by_link(&token).await;
        assert!(again.is_ok() || again.refused() == domain::Fault::AlreadyConfirmed);
    }
    drain(world, store).await;
}

fn go_on(outcome: Result<(), Trouble>) {
    if let Err(error) = outcome {
        assert!(matches!(error, Trouble::Interrupted(_)), "{error}");
    }
}

/// The engine works until nothing is left to do, also with what an attempt left behind that could not be brought to its end.
async fn drain(world: &World, store: &Store) {
    let (worker, began) = (world.worker(), Instant::now());
    go_on(worker.drain().await);
    // A transaction that was given up may hold its rows for a moment longer, which the worker leaves out.
    while task::Entity::find().one(store.read()).await.unwrap().is_some() {
        assert!(began.elapsed() < PATIENCE, "it does not come to an end");
        world.clock.advance(LEASE);
        go_on(worker.drain().await);
    }
}

#[test]
fn whichever_call_of_an_activation_fails_it_comes_to_its_end_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let (world, store, nth) = with_mishaps(world);
        let client = world.client().await;
        each_call_fails(&nth, 50, async |run| {
            let user = run.user("");
            run.one_call_fails(activate(&world, &store, &client, &template.provisioning_id, &user)).await;
            let there = find(&store, &user).await;
            assert_eq!(there.len(), 1, "{run}");
            let subscriber = &there[0];
            let told = events(&store, subscriber).await;
            let left = world.tasks().await;
            assert_eq!(subscriber.status, "provisioned", "{run}: {told:?}, {left:?}");
            for once in ["arrived", "address_proven_by_link", "account_created"] {
                assert_eq!(told.iter().filter(|event| *event == once).count(), 1, "{once} {run}: {told:?}");
            }
            assert_eq!(accounts(&store, subscriber.id).await.len(), 1, "{run}");
            let billed = usage::Entity::find().filter(usage::Column::OwnerId.eq(subscriber.id));
            assert_eq!(billed.all(store.read()).await.unwrap().len(), 1, "{run}");
            assert_eq!(left, [], "{run}");
        })
        .await;
    });
}

#[test]
fn whichever_call_of_an_import_fails_what_it_reports_is_there_and_only_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let (world, store, nth) = with_mishaps(world);
        let options =
            ImportOptions { provisioning_id: Some(template.provisioning_id.clone()), ..ImportOptions::default() };
        let read = async |file: &str| {
            import(&world.store, &world.environment, world.tenant, Cursor::new(file), &options, |_| ()).await
        };
        each_call_fails(&nth, 20, async |run| {
            let users = ["a", "b", "c"].map(|name| run.user(name));
            let rows: String = users.iter().map(|user| format!("{user},Ann,Lee,SP1+{user},{user}\n")).collect();
            let file = format!("BroadWorks ID,First Name,Last Name,Enterprise ID,Email\n{rows}");
            // Whoever was not told how it went sends the file again.
            let report = match run.one_call_fails(read(&file)).await {
                Ok(report) => report,
                Err(_) => read(&file).await.unwrap(),
            };
            assert_eq!((report.added + report.already_there, report.refused), (3, 0), "{run}");
            for user in &users {
                expect_arrived_once(&store, user, &run.to_string()).await;
            }
        })
        .await;
    });
}

async fn carry_out_all(worker: &bulk::Worker) -> Result<(), Trouble> {
    while worker.turn().await? {}
    Ok(())
}

#[test]
fn whichever_call_of_a_bulk_job_fails_each_row_is_carried_out_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let (world, store, nth) = with_mishaps(world);
        let client = world.client().await;
        let worker = bulk::Worker::new(world.store.clone(), world.environment.clone());
        each_call_fails(&nth, 20, async |run| {
            let users = ["a", "b"].map(|name| run.user(name));
            let row = |user: &String| {
                json!({
                    "provisioningId": template.provisioning_id, "userId": user, "spEnterpriseId": "SP1+acme",
                    "firstName": "Ann", "lastName": "Lee", "package": "standard", "email": user,
                })
            };
            let job = json!({ "action": "create", "rows": users.iter().map(row).collect::<Vec<_>>() });
            let job = client.post(&format!("{SUBSCRIBERS}/bulk"), &job).await;
            go_on(run.one_call_fails(carry_out_all(&worker)).await);
            let began = Instant::now();
            // A transaction that was given up may hold the job for a moment longer, which the worker leaves out.
            while bulk_job::Entity::find()
                .filter(bulk_job::Column::FinishedAt.is_null())
                .one(store.read())
                .await
                .unwrap()
                .is_some()
            {
                assert!(began.elapsed() < PATIENCE, "it does not come to an end {run}");
                // Until its lease has ended, whoever had the job may still be at it.
                world.clock.advance(MINUTE);
                carry_out_all(&worker).await.unwrap();
            }
            let rows = client.get(&format!("{SUBSCRIBERS}/bulk/{}/rows", job.text("id"))).await.body;
            let outcomes: Vec<_> = rows["items"].as_array().unwrap().iter().map(|row| &row["outcome"]).collect();
            assert_eq!(outcomes, ["accepted", "accepted"], "{run}");
            for user in &users {
                expect_arrived_once(&store, user, &run.to_string()).await;
            }
        })
        .await;
    });
}

/// SQLite would go on after a failed statement, and keep half of the work; PostgreSQL would answer the COMMIT by rolling back,
/// without an error.
#[test]
fn nothing_of_a_unit_of_work_is_kept_once_a_call_of_it_has_failed() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.arrive(&template, "1@sp.com", None).await;
        let rename = subscriber::Entity::update_many().col_expr(subscriber::Column::FirstName, "Eve".into());
        let work = world.store.work().await.unwrap();
        rename.clone().exec(&*work).await.unwrap();
        work.execute_unprepared("no statement at all").await.unwrap_err();
        rename.exec(&*work).await.unwrap_err();
        work.commit().await.unwrap_err();
        assert_ne!(find(&world.store, "1@sp.com").await[0].first_name, "Eve");
    });
}
