//! What is ordered on a server whose worker has room is its worker's from the beginning: nobody claims it, and no promise of the
//! queue is loosened.

use std::{iter, time::Duration};

use domain::{
    Fault,
    lifecycle::Event,
    outage::{Failure, Sign},
    template::UserVerification,
};
use server::{
    fault::Trouble,
    lease,
    provisioning::{
        arrival::arrive,
        change::{self, Circumstances},
        worker::Worker,
    },
    store::{Actor, Subscriber, Template, Work},
    targets::directory,
};
use tokio::{
    sync::oneshot,
    task::{JoinHandle, yield_now},
    time::{Instant, timeout},
};

use crate::entity::task;
use crate::support::{Act, World, for_each_database, new_subscriber};

/// More than one worker has room for.
const MANY: usize = 40;
/// How long a test may take before it has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A worker that has looked into the queue and left nothing there.
async fn open(world: &World) -> Worker {
    let worker = world.worker();
    worker.open();
    worker.drain().await.unwrap();
    worker
}

/// A worker that runs, and takes what is ordered here, until it is told to stop.
async fn running(world: &World, worker: Worker) -> (oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(worker.run(async { drop(stopped.await) }));
    has_room(world, true).await;
    (stop, running)
}

/// Returns when there is room at this server's worker, or none any more.
async fn has_room(world: &World, room: bool) {
    let becomes = async {
        while world.store.handover().place(directory::NAME, world.environment.now()).is_some() != room {
            yield_now().await;
        }
    };
    timeout(PATIENCE, becomes).await.expect("in time");
}

/// The only task that there is.
async fn task(world: &World) -> task::Model {
    let [task] = <[_; 1]>::try_from(world.tasks().await).unwrap();
    task
}

fn is_leased(world: &World, task: &task::Model) -> bool {
    task.lease_until > world.environment.now().0
}

#[test]
fn what_is_ordered_is_leased_at_once_and_claimed_by_nobody() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let template = world.trusted().await;
        let worker = open(&world).await;
        let user = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        let taken = task(&world).await;
        assert!(is_leased(&world, &taken) && taken.claims == 1 && taken.doubt_until > taken.lease_until);
        // Another server has nothing to do.
        world.work().await;
        assert!(world.target.calls().is_empty());

        heard.numbers();
        worker.drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioned");
        let asked = heard.statements();
        assert!(
            !asked.iter().any(|sql| sql.starts_with("UPDATE \"task\" SET \"lease_until\"")),
            "it was claimed: {asked:#?}"
        );
        assert_eq!(world.tasks().await, []);
    });
}

async fn come(world: &World, template: &Template, user: &str) -> (server::store::Work, Subscriber) {
    let mut work = world.store.work().await.unwrap();
    let new = new_subscriber(user, Some(&format!("{user}.example")));
    let user = arrive(&mut work, &world.environment, template, new, &Actor::Import).await.unwrap();
    (work, user)
}

#[test]
fn what_is_not_committed_is_not_begun_and_its_place_is_free_again() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        for number in 0..MANY {
            drop(come(&world, &template, &format!("{number}@sp.com")).await);
        }
        worker.drain().await.unwrap();
        assert!(world.target.calls().is_empty());
        world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        assert!(is_leased(&world, &task(&world).await));
    });
}

#[test]
fn a_worker_has_no_more_than_it_has_room_for() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        for number in 0..MANY {
            world.arrive(&template, &format!("{number}@sp.com"), Some(&format!("{number}@acme.com"))).await;
        }
        let leased = world.tasks().await.into_iter().filter(|task| is_leased(&world, task)).count();
        assert_eq!(leased, 16, "of {MANY}");
        worker.drain().await.unwrap();
        assert_eq!(world.accounts().await.len(), MANY);
    });
}

#[test]
fn of_what_comes_at_once_one_is_begun_and_the_queue_is_fair_to_the_rest() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let (mut work, _) = come(&world, &template, "1@sp.com").await;
        let two = new_subscriber("2@sp.com", Some("2@acme.com"));
        arrive(&mut work, &world.environment, &template, two, &Actor::Import).await.unwrap();
        work.commit().await.unwrap();
        let leased = async || world.tasks().await.iter().filter(|task| is_leased(&world, task)).count();
        assert_eq!(leased().await, 1);
        worker.drain().await.unwrap();
        assert_eq!(world.accounts().await.len(), 2);
    });
}

#[test]
fn whoever_is_left_in_the_queue_by_a_worker_with_room_for_one_is_not_overtaken() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let elsewhere = world.replica().await;
        for number in 1..=2 {
            elsewhere.arrive(&template, &format!("{number}@sp.com"), Some(&format!("{number}@acme.com"))).await;
        }
        assert!(lease::round(&worker, 1).await.unwrap());
        world.arrive(&template, "3@sp.com", Some("3@acme.com")).await;
        let waiting = world.tasks().await;
        assert!(waiting.len() == 2 && !waiting.iter().any(|task| is_leased(&world, task)), "{waiting:?}");
    });
}

#[test]
fn whoever_comes_while_all_room_is_kept_for_others_is_not_overtaken() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let now = world.environment.now();
        let kept: Vec<_> = iter::from_fn(|| world.store.handover().place(directory::NAME, now)).collect();
        world.replica().await.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        assert!(!lease::round(&worker, 1).await.unwrap(), "it has no room");
        drop(kept);
        world.arrive(&template, "2@sp.com", Some("2@acme.com")).await;
        let waiting = world.tasks().await;
        assert!(waiting.len() == 2 && !waiting.iter().any(|task| is_leased(&world, task)), "{waiting:?}");
        worker.drain().await.unwrap();
        assert_eq!(world.accounts().await.len(), 2);
    });
}

#[test]
fn whoever_waits_in_the_queue_is_not_overtaken() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = world.worker();
        worker.open();
        // It has not looked yet whether anybody waits.
        world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        assert!(!is_leased(&world, &task(&world).await));
        worker.drain().await.unwrap();
        world.arrive(&template, "2@sp.com", Some("2@acme.com")).await;
        assert!(is_leased(&world, &task(&world).await));
    });
}

#[test]
fn what_needs_a_service_that_rests_waits_in_the_queue() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let user = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        worker.drain().await.unwrap();
        let failure = Failure { fault: Fault::TargetUnauthorized, sign: Sign::Silent, retry_after: None };
        let now = (world.environment.now(), 0.5);
        worker.breakers().failed(directory::NAME, user.id.into(), failure, "401", now);
        world.arrive(&template, "2@sp.com", Some("2@acme.com")).await;
        assert!(!is_leased(&world, &task(&world).await));
    });
}

#[test]
fn an_order_that_replaces_one_that_was_handed_over_waits_until_that_has_ended() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let user = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        let creation = task(&world).await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        let removal = task(&world).await;
        assert_eq!((removal.claims, removal.lease_until), (1, creation.lease_until));
        assert_ne!(removal.id, creation.id);
        world.work().await;
        assert!(world.find(user.id).await.is_some(), "another server waits");
        worker.drain().await.unwrap();
        world.doubt_ends().await;
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());
        assert_eq!(world.tasks().await, []);
    });
}

#[test]
fn an_order_that_replaces_one_under_way_at_another_server_waits_until_that_has_ended() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Wait]);
        let user = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        let elsewhere = world.replica().await.worker();
        let creating = tokio::spawn(async move { elsewhere.drain().await });
        world.target.reached().await;
        let worker = open(&world).await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(world.target.calls().len(), 1, "the creation is under way");
        world.target.go_on();
        creating.await.unwrap().unwrap();
        worker.drain().await.unwrap();
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());
    });
}

#[test]
fn of_orders_that_replace_each_other_in_one_transaction_the_last_is_carried_out() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let (mut work, user) = come(&world, &template, "1@sp.com").await;
        let (id, with) = (user.id, Circumstances::default());
        let removal = Event::RemovalRequested;
        change::apply(&mut work, &world.environment, user, removal, &Actor::Import, with).await.unwrap();
        work.commit().await.unwrap();
        worker.drain().await.unwrap();
        assert!(world.find(id).await.is_none() && world.accounts().await.is_empty());
    });
}

#[test]
fn what_is_held_waits_in_the_queue() {
    for_each_database(async |world: World| {
        let template = world
            .template(|template| {
                template.verification = UserVerification::Trusted;
                template.provision_admin_first = true;
            })
            .await;
        let worker = open(&world).await;
        for user in ["1@sp.com", "2@sp.com"] {
            world.arrive(&template, user, Some(&format!("{user}.example"))).await;
        }
        let held = world.tasks().await.into_iter().find(|task| task.held).unwrap();
        assert!(!is_leased(&world, &held) && held.claims == 0);
        worker.drain().await.unwrap();
        assert_eq!(world.accounts().await.len(), 2);
    });
}

#[test]
fn what_a_savepoint_undoes_is_not_begun_and_its_place_is_the_next_ones() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let mut work = world.store.work().await.unwrap();
        let arrives = async |work: &mut Work, user: &str| {
            let new = new_subscriber(user, Some(&format!("{user}.example")));
            arrive(work, &world.environment, &template, new, &Actor::Import).await
        };
        let refused = work
            .savepoint(async |work| {
                arrives(work, "1@sp.com").await?;
                Err::<(), Trouble>(Fault::InvalidAddress.into())
            })
            .await;
        assert!(refused.is_err());
        arrives(&mut work, "2@sp.com").await.unwrap();
        work.commit().await.unwrap();
        assert!(is_leased(&world, &task(&world).await));
        worker.drain().await.unwrap();
        assert_eq!(world.accounts().await.len(), 1);
    });
}

#[test]
fn what_a_server_has_not_begun_when_it_dies_another_one_does_when_its_lease_has_run_out() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = open(&world).await;
        let first = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        drop(worker);
        // Nobody works here any more: this one is left to others from the beginning.
        let second = world.arrive(&template, "2@sp.com", Some("2@acme.com")).await;
        world.work().await;
        assert_eq!(world.status(second.id).await, "provisioned");
        assert_eq!(world.status(first.id).await, "provisioning");
        world.leases_run_out();
        world.work().await;
        assert_eq!(world.status(first.id).await, "provisioned");
    });
}

#[test]
fn a_running_worker_carries_out_what_is_handed_over() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = world.worker().with_poll(PATIENCE);
        let (stop, running) = running(&world, worker).await;
        let user = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        let works = async {
            while world.status(user.id).await != "provisioned" {
                yield_now().await;
            }
        };
        timeout(PATIENCE, works).await.unwrap();
        drop(stop);
        running.await.unwrap();
        has_room(&world, false).await;
    });
}

#[test]
fn a_worker_that_is_told_to_stop_leaves_what_is_ordered_to_others() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Wait]);
        let worker = world.worker().with_poll(PATIENCE).with_grace(PATIENCE);
        let (stop, running) = running(&world, worker).await;
        let first = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        world.target.reached().await;
        drop(stop);
        has_room(&world, false).await;
        let second = world.arrive(&template, "2@sp.com", Some("2@acme.com")).await;
        world.work().await;
        assert_eq!(world.status(second.id).await, "provisioned", "another server does it at once");
        world.target.go_on();
        running.await.unwrap();
        assert_eq!(world.status(first.id).await, "provisioned", "what is under way is ended");
    });
}

#[test]
fn what_a_worker_that_stops_has_not_ended_is_free_for_others_at_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Wait]);
        let worker = world.worker().with_poll(PATIENCE).with_grace(Duration::ZERO);
        let (stop, running) = running(&world, worker).await;
        let user = world.arrive(&template, "1@sp.com", Some("1@acme.com")).await;
        world.target.reached().await;
        assert!(is_leased(&world, &task(&world).await));
        drop(stop);
        running.await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[test]
fn a_running_worker_gives_signs_of_life() {
    for_each_database(async |world: World| {
        let worker = world.worker().with_poll(Duration::from_millis(1));
        let (sign, began) = (worker.sign(), Instant::now());
        let seen = async {
            loop {
                let since = began.elapsed();
                if sign.silent_for() < since {
                    return;
                }
                yield_now().await;
            }
        };
        timeout(PATIENCE, worker.run(seen)).await.expect("it lives");
    });
}
