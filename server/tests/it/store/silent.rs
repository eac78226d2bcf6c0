//! PostgreSQL that falls silent or is gone, with a real network between it and us.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use sea_orm::ConnectionTrait as _;
use serde_json::json;
use server::{
    live::{Live, News, Topic},
    readiness::{Readiness, Sign},
    store::{Call, Mishap, Mishaps, Store, Template, Work, at_the_door, interruption, replicas},
};
use tokio::time::timeout;
use uuid::Uuid;

use crate::support::{Client, Proxy, World, new_subscriber, on_postgres};

/// What a caller may wait to be told that the database is away.
const SOON: Duration = Duration::from_secs(2);
/// What is slow on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(30);
const PATH: &str = "/v1/broadworks/subscribers";

/// A world on a database that it reaches over this proxy.
async fn over_proxy(url: &str) -> (World, Proxy) {
    let proxy = Proxy::before(url).await;
    (World::new(&proxy.url(url)).await, proxy)
}

async fn add(client: &Client, template: &Template, number: usize) -> (u16, Duration) {
    let body = json!({
        "provisioningId": template.provisioning_id, "userId": format!("{number}@sp.example"), "spEnterpriseId": "SP1+acme",
        "firstName": "Ann", "lastName": "Lee", "package": "standard", "email": format!("u{number}@acme.example"),
    });
    let began = Instant::now();
    let answer = client.post(PATH, &body).await;
    if answer.status != 200 {
        assert_eq!((answer.errors(), answer.header("retry-after")), ((503, vec![(49002, "")]), "2"));
    }
    (answer.status.as_u16(), began.elapsed())
}

#[test]
fn a_database_that_is_gone_or_silent_is_told_within_two_seconds_and_used_again_when_it_is_back() {
    on_postgres(async |url| {
        let (world, proxy) = over_proxy(url).await;
        let template = world.trusted().await;
        let client = world.client().await;
        let readiness = Readiness::new(world.store.clone(), world.environment.clone(), Sign::default());
        for (round, away) in [Proxy::cut as fn(&Proxy), Proxy::fall_silent].into_iter().enumerate() {
            let number = |call: usize| round * 100 + call;
            assert_eq!(add(&client, &template, number(0)).await.0, 200);
            away(&proxy);
            // More at once than there are connections: none of them is lost to those who wait.
            let calls = (1..=40).map(|call| add(&client, &template, number(call)));
            for (status, took) in futures::future::join_all(calls).await {
                assert!(status == 503 && took < SOON, "{status} after {took:?}");
            }
            let asked = Instant::now();
            assert_eq!(readiness.failing().await[0].part, "database");
            assert!(asked.elapsed() < SOON);
            proxy.restore();
            for call in 1..=40 {
                let (status, took) = add(&client, &template, number(call)).await;
                assert!(status == 200 && took < SOON, "{status} after {took:?}");
            }
        }
        world.work().await;
    });
}

/// At which call the network falls silent, and whether others are answered soon after.
type Moment = (fn(Call<'_>) -> bool, bool);

/// Has the network fall silent at one call.
struct Silence {
    proxy: Proxy,
    at: Mutex<Option<Moment>>,
}

#[async_trait]
impl Mishaps for Silence {
    async fn next(&self, call: Call<'_>) -> Option<Mishap> {
        let mut at = self.at.lock().unwrap();
        if let Some((_, others)) = at.take_if(|(at, _)| at(call)) {
            self.proxy.fall_silent();
            if others {
                self.proxy.restore();
            }
        }
        None
    }
}

#[test]
fn a_database_that_falls_silent_at_any_call_is_told_within_two_seconds_and_costs_no_connection() {
    on_postgres(async |url| {
        let (world, proxy) = over_proxy(url).await;
        let template = world.trusted().await;
        let silence = Arc::new(Silence { proxy, at: Mutex::default() });
        let world = World { store: world.store.with_mishaps(silence.clone()), ..world };
        let client = world.client().await;
        assert_eq!(add(&client, &template, 0).await.0, 200);
        let calls: [Moment; 4] = [
            (|call| matches!(call, Call::Read(_)), false),
            (|call| matches!(call, Call::Statement(_)), false),
            (|call| call == Call::Commit, false),
            (|call| call == Call::Commit, true),
        ];
        // Often enough that a connection lost each time would leave none.
        for (round, at) in calls.into_iter().cycle().take(16).enumerate() {
            *silence.at.lock().unwrap() = Some(at);
            let (status, took) = add(&client, &template, 1 + round).await;
            assert!(status == 503 && took < SOON, "round {round}: {status} after {took:?}");
            silence.proxy.restore();
            let began = Instant::now();
            // What was given up holds its rows until the server has seen it.
            while add(&client, &template, 1 + round).await.0 != 200 {
                assert!(began.elapsed() < PATIENCE, "round {round}: it does not come back");
            }
        }
        world.work().await;
    });
}

#[test]
fn a_statement_that_is_never_answered_is_given_up_and_so_is_its_connection() {
    on_postgres(async |url| {
        let (world, proxy) = over_proxy(url).await;
        let work = world.store.work().await.unwrap();
        work.execute_unprepared("SELECT 1").await.unwrap();
        proxy.fall_silent();
        let answer = timeout(PATIENCE, work.execute_unprepared("SELECT 1")).await;
        let error = answer.expect("it is given up").unwrap_err();
        assert!(interruption(&error).is_some(), "{error}");
        assert!(work.commit().await.is_err(), "what was not answered cannot be committed");
        proxy.restore();
        let template = world.trusted().await;
        assert_eq!(add(&world.client().await, &template, 1).await.0, 200);
    });
}

#[test]
fn a_listener_that_hears_nothing_any_more_finds_out_and_listens_anew() {
    on_postgres(async |url| {
        let proxy = Proxy::before(url).await;
        let world = World::new(url).await;
        let template = world.trusted().await;
        let other = Live::of(Uuid::from_u128(7));
        let mut news = other.listen(Topic::Template(template.id));
        let listening = tokio::spawn(replicas::listen(proxy.url(url), other.clone()));
        let missed = async |news: &mut tokio::sync::broadcast::Receiver<News>| {
            while timeout(PATIENCE, news.recv()).await.expect("in time").unwrap() != News::Missed {}
        };
        missed(&mut news).await;
        proxy.fall_silent();
        proxy.restore();
        missed(&mut news).await;
        let arrived = world.try_arrive(&template, new_subscriber("1@sp.com", None)).await.unwrap();
        loop {
            match timeout(PATIENCE, news.recv()).await.expect("in time").unwrap() {
                News::Changed(change) if change.subscriber == arrived.id => break,
                // Other tests share this server, and its channel.
                _ => {}
            }
        }
        listening.abort();
    });
}

/// Somebody else has this, until it is dropped.
async fn kept(url: &str, statement: &str) -> (Work, Store) {
    let other = Store::connect(url, Live::default()).await.unwrap();
    let keeping = other.work().await.unwrap();
    keeping.execute_unprepared(statement).await.unwrap();
    (keeping, other)
}

/// What somebody did to all tables: whoever stands at the door waits for all of their calls together.
#[test]
fn tables_that_somebody_keeps_are_told_within_two_seconds() {
    on_postgres(async |url| {
        let world = World::new(url).await;
        let template = world.trusted().await;
        let client = world.client().await;
        assert_eq!(add(&client, &template, 1).await.0, 200);
        let lock = "DO $$ DECLARE one text; BEGIN FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' \
                    LOOP EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', one); END LOOP; END $$";
        let keeping = kept(url, lock).await;
        for call in 2..4 {
            let (status, took) = add(&client, &template, call).await;
            assert!(status == 503 && took < SOON, "{status} after {took:?}");
        }
        let began = Instant::now();
        assert_eq!(client.get(PATH).await.status.as_u16(), 503);
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
        drop(keeping);
        assert_eq!(add(&client, &template, 2).await.0, 200);
    });
}

/// However many calls a request makes in vain.
#[test]
fn what_a_request_waits_in_vain_adds_up() {
    on_postgres(async |url| {
        let world = World::new(url).await;
        let _keeping = kept(url, "LOCK TABLE partner IN ACCESS EXCLUSIVE MODE").await;
        let began = Instant::now();
        at_the_door(async {
            for _ in 0..5 {
                world.store.read().execute_unprepared("SELECT * FROM partner").await.unwrap_err();
            }
        })
        .await;
        assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    });
}

/// As an operator does before an upgrade, and as a server is that was the first one: connections made meanwhile stay read-only.
#[test]
fn a_database_that_was_read_only_for_a_while_is_written_again() {
    on_postgres(async |url| {
        let world = World::new(url).await;
        let template = world.trusted().await;
        let client = world.client().await;
        let readiness = Readiness::new(world.store.clone(), world.environment.clone(), Sign::default());
        let database = url.rsplit('/').next().unwrap().split('?').next().unwrap();
        {
            let operator = Store::connect(url, Live::default()).await.unwrap();
            let sql = format!(
                "SET transaction_read_only = off; ALTER DATABASE \"{database}\" SET default_transaction_read_only = on; \
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            );
            operator.read().execute_unprepared(&sql).await.unwrap();
        }
        for call in 0..20 {
            assert_eq!(add(&client, &template, call).await.0, 503);
        }
        assert_eq!(client.get(PATH).await.status, 200, "who reads is not in the way");
        assert_eq!(readiness.failing().await[0].why, "it cannot be written (read_only)");
        // Nobody ends the connections for us this time.
        let operator = Store::connect(url, Live::default()).await.unwrap();
        let reset = format!("ALTER DATABASE \"{database}\" RESET default_transaction_read_only");
        operator.read().execute_unprepared(&format!("SET transaction_read_only = off; {reset}")).await.unwrap();
        for call in 0..20 {
            assert_eq!(add(&client, &template, call).await.0, 200);
        }
        world.work().await;
    });
}

/// As a database that was dropped and made anew by that name, or restored for another owner.
#[test]
fn a_database_without_its_tables_is_one_that_is_away() {
    on_postgres(async |url| {
        let world = World::new(url).await;
        let template = world.trusted().await;
        let client = world.client().await;
        let readiness = Readiness::new(world.store.clone(), world.environment.clone(), Sign::default());
        // What is prepared would find the tables wherever they are.
        let reconnect = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() \
                    AND pid <> pg_backend_pid()";
        let change = async |sql: &str| {
            let operator = Store::connect(url, Live::default()).await.unwrap();
            operator.read().execute_unprepared(&format!("{sql}; {reconnect}")).await.unwrap();
        };
        assert_eq!(add(&client, &template, 1).await.0, 200);
        change("ALTER SCHEMA public RENAME TO away; CREATE SCHEMA public").await;
        for call in 2..6 {
            assert_eq!(add(&client, &template, call).await.0, 503);
        }
        assert_eq!(client.get(PATH).await.status, 503);
        assert_eq!(readiness.failing().await[0].why, "it cannot be written (not_ours)");
        change("DROP SCHEMA public; ALTER SCHEMA away RENAME TO public").await;
        assert_eq!(add(&client, &template, 2).await.0, 200);
        // What was found stands for a moment.
        let anew = Readiness::new(world.store.clone(), world.environment.clone(), Sign::default());
        let failing: Vec<_> = anew.failing().await.into_iter().map(|part| part.why).collect();
        assert_eq!(failing, [""; 0]);
    });
}

/// Of two who want the same row, the second one waits; for a database it is no outage, and for whoever waits it has an end.
#[test]
fn a_row_that_somebody_keeps_is_not_waited_for_without_an_end() {
    on_postgres(async |url| {
        let world = World::new(url).await;
        let template = world.trusted().await;
        let client = world.client().await;
        assert_eq!(add(&client, &template, 1).await.0, 200);
        let keeping = kept(url, "SELECT * FROM customer FOR UPDATE").await;
        let (status, took) = add(&client, &template, 2).await;
        assert!(status == 503 && took < PATIENCE, "{status} after {took:?}");
        drop(keeping);
        assert_eq!(add(&client, &template, 2).await.0, 200);
    });
}
