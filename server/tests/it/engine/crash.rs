//! A process that dies loses nothing and doubles nothing.

use std::{
    collections::HashMap,
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use domain::{Timestamp, lifecycle::Event, timestamp::SECOND};
use futures::future::BoxFuture;
use server::{
    environment::{Clock, Environment, ManualClock},
    lease::{self, Leased as _},
    live::Topic,
    provisioning::queue,
    store::{self, Mishap, Mishaps, Store, TaskId},
};
use tokio::sync::oneshot;

use crate::support::{Act, Call, World, for_each_database};

#[test]
fn a_dead_workers_task_is_taken_over_after_its_lease() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::WorkThenHang]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let worker = world.worker();
        let dying = tokio::spawn(async move { worker.drain().await });
        world.target.reached().await;
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());

        assert_eq!(world.accounts().await.len(), 1, "the target acted; nobody heard of it");
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioning", "not before the lease has run out");
        world.leases_run_out();
        world.work().await;

        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.accounts().await.len(), 1);
        let keys: Vec<_> = world.target.calls().iter().map(idempotency_key).collect();
        assert!(keys.len() == 2 && keys[0] == keys[1], "both attempts carry the same key");
        assert_eq!(world.history(user.id).await, ["arrived", "account_created"]);
    });
}

fn idempotency_key(call: &Call) -> Option<TaskId> {
    match call {
        Call::Create(account) | Call::Update(account) => Some(account.idempotency_key),
        Call::CreateWorkspace(workspace) | Call::UpdateWorkspace(workspace) => Some(workspace.idempotency_key),
        Call::Remove | Call::RemoveWorkspace => None,
    }
}

#[test]
fn a_lease_that_is_renewed_does_not_run_out() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let take = async |owner: &str| {
            let everything = queue::For::AllBut(Vec::new());
            queue::claim(&world.store, queue::moment(&world.environment), owner, 9, everything).await.unwrap().len()
        };
        assert_eq!(take("one").await, 1);
        for _ in 0..3 {
            world.clock.advance(queue::LEASE - 1);
            queue::renew(&world.store, world.environment.now(), "one", vec![user.id.into()]).await.unwrap();
            queue::renew(&world.store, world.environment.now(), "two", vec![user.id.into()]).await.unwrap();
            assert_eq!(take("two").await, 0);
        }
        queue::free(&world.store, Some("two")).await.unwrap();
        assert_eq!(take("two").await, 0, "it was not that server's to give back");
        queue::free(&world.store, Some("one")).await.unwrap();
        assert_eq!(take("two").await, 1);
    });
}

#[test]
fn a_worker_renews_the_lease_of_what_it_has_under_way_and_of_nothing_else() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Wait]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let worker = world.worker();
        let attempt = tokio::spawn({
            let worker = worker.clone();
            async move { worker.drain().await }
        });
        world.target.reached().await;
        for _ in 0..3 {
            world.clock.advance(queue::LEASE - 1);
            worker.renew().await.unwrap();
            world.work().await;
        }
        assert_eq!(world.target.calls().len(), 1, "nobody else has taken it");

        attempt.abort();
        assert!(attempt.await.unwrap_err().is_cancelled());
        world.clock.advance(queue::LEASE - 1);
        worker.renew().await.unwrap();
        world.clock.advance(1);
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[test]
fn a_server_that_stops_gives_back_what_it_cannot_finish() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::WorkThenHang]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let (stop, stopped) = oneshot::channel::<()>();
        let worker = world.worker().with_grace(Duration::from_millis(10));
        let running = tokio::spawn(worker.run(async move {
            let _ = stopped.await;
        }));
        world.target.reached().await;
        stop.send(()).unwrap();
        running.await.unwrap();

        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned", "at once: no lease had to run out");
        assert_eq!(world.accounts().await.len(), 1);
    });
}

#[test]
fn a_worker_that_was_only_slow_changes_nothing_any_more() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Wait]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let worker = world.worker();
        let slow = tokio::spawn(async move { worker.drain().await });
        world.target.reached().await;
        world.leases_run_out();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");

        world.target.go_on();
        slow.await.unwrap().unwrap();
        assert_eq!(world.accounts().await.len(), 1);
        assert_eq!(world.history(user.id).await, ["arrived", "account_created"]);
    });
}

/// A server that stands still when it has taken a task.
struct StandsStill {
    clock: ManualClock,
    /// For how many milliseconds.
    long: i64,
    /// How many units of work it has ended.
    ended: AtomicUsize,
}

#[async_trait]
impl Mishaps for StandsStill {
    async fn next(&self, call: store::Call<'_>) -> Option<Mishap> {
        match call {
            store::Call::Commit => drop(self.ended.fetch_add(1, Ordering::SeqCst)),
            store::Call::Read(_) if self.ended.swap(0, Ordering::SeqCst) == 1 => self.clock.advance(self.long),
            _ => {}
        }
        None
    }
}

/// The world's database, for a server that stands still for so many milliseconds.
fn stands_still(world: &World, long: i64) -> Store {
    let still = StandsStill { clock: world.clock.clone(), long, ended: AtomicUsize::new(0) };
    world.store.with_mishaps(Arc::new(still))
}

#[test]
fn a_server_that_stood_still_for_longer_than_its_lease_asks_nothing_of_the_target() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let slow = World { store: stands_still(&world, queue::LEASE), ..world.replica().await };
        assert!(lease::round(&slow.worker(), 1).await.unwrap());
        assert!(world.target.calls().is_empty(), "nobody reckons with what it asks now");
        assert_eq!(world.status(user.id).await, "provisioning");

        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.target.calls().len(), 1);
    });
}

/// A clock that remembers for how long it was asked to wait.
struct Remembers {
    clock: ManualClock,
    waits: Arc<Mutex<Vec<Duration>>>,
}

impl Clock for Remembers {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn sleep(&self, how_long: Duration) -> BoxFuture<'static, ()> {
        self.waits.lock().unwrap().push(how_long);
        Box::pin(pending())
    }
}

#[test]
fn a_server_that_stood_still_for_less_gives_the_target_the_time_that_is_left() {
    const STILL: i64 = 6 * SECOND;
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let waits = Arc::default();
        let clock = Remembers { clock: world.clock.clone(), waits: Arc::clone(&waits) };
        let slow = World {
            store: stands_still(&world, STILL),
            environment: Environment::of(clock, 2),
            ..world.replica().await
        };
        assert!(lease::round(&slow.worker(), 1).await.unwrap());
        assert_eq!(world.status(user.id).await, "provisioned");
        let left = Duration::from_millis((queue::LONGEST_CALL - STILL).unsigned_abs());
        assert!(waits.lock().unwrap().contains(&left), "{waits:?}");
    });
}

#[test]
fn two_servers_create_the_same_account_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Wait, Act::Wait]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let mut running = Vec::new();
        for worker in [world.worker(), world.worker()] {
            running.push(tokio::spawn(async move { worker.drain().await }));
            world.target.reached().await;
            world.leases_run_out();
        }
        world.target.go_on();
        world.target.go_on();
        for attempt in running {
            attempt.await.unwrap().unwrap();
        }
        world.work_for_an_hour().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.accounts().await.len(), 1);
    });
}

#[test]
fn a_server_that_died_while_a_user_was_being_deleted_leaves_no_orphan() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::WorkThenHang]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let worker = world.worker();
        let dying = tokio::spawn(async move { worker.drain().await });
        world.target.reached().await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        dying.abort();
        world.leases_run_out();
        world.work().await;
        assert_eq!(world.status(user.id).await, "updating", "the dead server's request may still be under way");
        world.clock.advance(queue::LONGEST_CALL + queue::SETTLING);
        world.work().await;
        assert!(world.find(user.id).await.is_none());
        assert!(world.accounts().await.is_empty() && world.tasks().await.is_empty());
    });
}

#[test]
fn several_servers_share_the_work_and_stop_when_told() {
    const USERS: usize = 40;
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let mut changes = world.live.listen(Topic::Template(template.id));
        let mut servers = Vec::new();
        for _ in 0..3 {
            let (stop, stopped) = oneshot::channel::<()>();
            let worker = world.worker();
            let running = tokio::spawn(worker.run(async move {
                let _ = stopped.await;
            }));
            servers.push((stop, running));
        }
        for number in 0..USERS {
            world.arrive(&template, &format!("{number}@sp.com"), Some(&format!("u{number}@acme.com"))).await;
        }
        // Open pages hear of every change; that is how a test hears of the last one without sleeping.
        while world.accounts().await.len() < USERS || !world.tasks().await.is_empty() {
            changes.recv().await.unwrap();
        }
        for (stop, running) in servers {
            stop.send(()).unwrap();
            running.await.unwrap();
        }
        let mut calls = HashMap::new();
        for call in world.target.calls() {
            if let Call::Create(account) = call {
                *calls.entry(account.identity.external_id).or_insert(0) += 1;
            }
        }
        assert_eq!(calls.len(), USERS);
        assert!(calls.values().all(|&times| times == 1), "nobody was created twice");
    });
}
