//! What tries are counted by, whatever is tried.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use domain::{
    Fault, Network,
    limit::{Brake, Limit, SignIn},
    timestamp::{HOUR, MINUTE},
};
use sea_orm::EntityTrait as _;
use server::{
    access::throttle::{self, Tries},
    fault::Trouble,
};

use crate::entity;
use crate::support::{Refused as _, World, for_each_database};

const WINDOW: i64 = 15 * MINUTE;
const RULES: SignIn = SignIn {
    account: Limit { name: "test", max: 3, window: WINDOW },
    network: Limit { name: "test-network", max: 10, window: WINDOW },
    // Nothing here waits.
    brake: Brake { limit: Limit { name: "test-account", max: 1_000_000, window: WINDOW }, first: 1, longest: 1 },
};
const WRONG: Fault = Fault::HubBadCredentials;

fn network(address: &str) -> Network {
    Network::of(address.parse().unwrap())
}

/// Somebody tries; what comes of it is known beforehand.
async fn attempt(world: &World, account: &str, from: &str, outcome: Result<(), Fault>) -> Result<(), Trouble> {
    let tries = Tries::sign_in(RULES, account, network(from), None);
    let deed = async { outcome.map_err(Trouble::from) };
    throttle::attempt(&world.store, world.environment.now(), tries, WRONG, deed).await
}

async fn fail(world: &World, account: &str, from: &str) -> Fault {
    attempt(world, account, from, Err(WRONG)).await.refused()
}

async fn wait(world: &World, account: &str, from: &str) -> i64 {
    match attempt(world, account, from, Ok(())).await {
        Err(Trouble::Known { fault: Fault::TooManyAttempts, retry_after: Some(wait) }) => wait,
        other => panic!("{other:?}"),
    }
}

#[test]
fn only_failures_count_by_account_and_network() {
    for_each_database(async |world: World| {
        for _ in 0..20 {
            attempt(&world, "ann", "192.0.2.1", Ok(())).await.unwrap();
            assert_eq!(attempt(&world, "ann", "192.0.2.1", Err(Fault::Busy)).await.refused(), Fault::Busy);
        }
        assert_eq!(entity::throttle::Entity::find().all(world.store.read()).await.unwrap(), [], "nothing was written");
        for _ in 0..3 {
            assert_eq!(fail(&world, "ann", "192.0.2.1").await, WRONG);
        }
        assert_eq!(wait(&world, "ann", "192.0.2.1").await, WINDOW);
        attempt(&world, "ann", "192.0.2.2", Ok(())).await.unwrap();
        attempt(&world, "bob", "192.0.2.1", Ok(())).await.unwrap();
        world.clock.advance(WINDOW - 1);
        assert_eq!(wait(&world, "ann", "192.0.2.1").await, 1);
        world.clock.advance(1);
        attempt(&world, "ann", "192.0.2.1", Ok(())).await.unwrap();
    });
}

#[test]
fn a_network_is_counted_as_a_whole_and_its_site_more_generously() {
    for_each_database(async |world: World| {
        for account in 0..10 {
            // Whatever addresses of its network a client takes.
            let from = format!("2001:db8:1:1::{account}");
            assert_eq!(fail(&world, &account.to_string(), &from).await, WRONG);
        }
        assert_eq!(wait(&world, "ann", "2001:db8:1:1:ffff::").await, WINDOW);
        for neighbour in 2..=4 {
            for account in 0..10 {
                assert_eq!(fail(&world, &account.to_string(), &format!("2001:db8:1:{neighbour}::1")).await, WRONG);
            }
        }
        // Forty from one site.
        assert_eq!(wait(&world, "ann", "2001:db8:1:abcd::1").await, WINDOW);
        attempt(&world, "ann", "2001:db8:2:1::1", Ok(())).await.unwrap();
    });
}

/// Slowed down from the first failure on.
const BRAKED: SignIn =
    SignIn { brake: Brake { limit: Limit { max: 1, ..RULES.brake.limit }, first: 60, longest: 60 }, ..RULES };

/// Somebody tries where tries are slowed down; what comes of it, when it is his turn, is known beforehand.
async fn queue(world: &World, from: &str, outcome: Result<(), Fault>) -> Result<(), Trouble> {
    let tries = Tries::sign_in(BRAKED, "ann", network(from), None);
    let deed = async { outcome.map_err(Trouble::from) };
    throttle::attempt(&world.store, world.environment.now(), tries, WRONG, deed).await
}

#[test]
fn a_network_that_has_not_failed_is_let_in_however_full_others_keep_the_queue() {
    for_each_database(async |world: World| {
        let guessers: Vec<_> = (1..=8).map(|number| format!("198.51.100.{number}")).collect();
        for guesser in &guessers {
            assert_eq!(queue(&world, guesser, Err(WRONG)).await.refused(), WRONG);
            world.clock.advance(BRAKED.brake.longest);
        }
        // They know no more to try, and queue again and again.
        let again = async || {
            let again = guessers.iter().map(|guesser| queue(&world, guesser, Err(WRONG)));
            let ended: Vec<_> = futures::future::join_all(again).await.into_iter().map(|end| end.refused()).collect();
            ended.into_iter().filter(|fault| *fault == WRONG).count()
        };
        assert_eq!((again().await, again().await), (2, 0), "the queue is full");
        let newcomers = (0..20).map(async |number| queue(&world, &format!("192.0.2.{number}"), Ok(())).await);
        for ended in futures::future::join_all(newcomers).await {
            ended.unwrap();
        }
        queue(&world, "2001:db8:1:1::1", Err(WRONG)).await.unwrap_err();
        assert_eq!(queue(&world, "2001:db8:1:2::1", Ok(())).await.refused(), Fault::TooManyAttempts, "its site failed");
    });
}

#[test]
fn replicas_count_together() {
    for_each_database(async |world: World| {
        let other = world.replica().await;
        assert_eq!(fail(&world, "ann", "192.0.2.1").await, WRONG);
        assert_eq!(fail(&other, "ann", "192.0.2.1").await, WRONG);
        assert_eq!(fail(&world, "ann", "192.0.2.1").await, WRONG);
        for server in [&other, &world, &world.replica().await] {
            assert_eq!(wait(server, "ann", "192.0.2.1").await, WINDOW);
        }
    });
}

#[test]
fn many_at_once_get_no_further_than_one_after_the_other() {
    for_each_database(async |world: World| {
        let carried_out = AtomicUsize::new(0);
        let now = world.environment.now();
        let tries = (0..50).map(|_| {
            let deed = async {
                carried_out.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                Err::<(), _>(WRONG.into())
            };
            throttle::attempt(&world.store, now, Tries::sign_in(RULES, "ann", network("192.0.2.1"), None), WRONG, deed)
        });
        futures::future::join_all(tries).await;
        let mut carried_out = carried_out.into_inner();
        assert!((1..=3).contains(&carried_out), "{carried_out}");
        // A failure that is just being written is counted twice for a moment, which may have refused one too many.
        while carried_out < 10 && fail(&world, "ann", "192.0.2.1").await == WRONG {
            carried_out += 1;
        }
        assert_eq!(carried_out, 3);
        assert_eq!(wait(&world.replica().await, "ann", "192.0.2.1").await, WINDOW);
    });
}

#[test]
fn whoever_hangs_up_has_tried() {
    for_each_database(async |world: World| {
        let mut hung_up = 0;
        while hung_up < 3 {
            let tries = Tries::sign_in(RULES, "ann", network("192.0.2.1"), None);
            let (begun, has_begun) = tokio::sync::oneshot::channel();
            let deed = async {
                begun.send(()).unwrap();
                std::future::pending::<Result<(), Trouble>>().await
            };
            let attempt = throttle::attempt(&world.store, world.environment.now(), tries, WRONG, deed);
            tokio::select! {
                // On a busy machine the database may keep it waiting for too long.
                refused = attempt => assert!(matches!(refused, Err(Trouble::Interrupted(_))), "{refused:?}"),
                _ = has_begun => hung_up += 1,
            }
        }
        assert_eq!(attempt(&world, "ann", "192.0.2.1", Ok(())).await.refused(), Fault::TooManyAttempts);
        // Another failure is written down after those of before.
        assert_eq!(fail(&world, "bob", "192.0.2.1").await, WRONG);
        assert_eq!(wait(&world.replica().await, "ann", "192.0.2.1").await, WINDOW);
    });
}

#[test]
fn refusing_writes_nothing() {
    for_each_database(async |world: World| {
        for _ in 0..3 {
            assert_eq!(fail(&world, "ann", "192.0.2.1").await, WRONG);
        }
        let (other, restarted) = (world.replica().await, world.replica().await);
        assert_eq!(wait(&other, "ann", "192.0.2.1").await, WINDOW);
        let _writing = world.writing().await;
        let refused = async {
            for server in [&world, &other, &restarted] {
                for _ in 0..100 {
                    assert_eq!(wait(server, "ann", "192.0.2.1").await, WINDOW);
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(5), refused).await.expect("nobody waits for the writer");
    });
}

#[test]
fn a_clock_that_is_set_back_keeps_nobody_out_for_longer_than_a_window() {
    for_each_database(async |world: World| {
        world.clock.advance(2 * HOUR);
        for _ in 0..3 {
            assert_eq!(fail(&world, "ann", "192.0.2.1").await, WRONG);
        }
        world.clock.advance(-2 * HOUR);
        for server in [&world, &world.replica().await] {
            attempt(server, "ann", "192.0.2.1", Ok(())).await.unwrap();
        }
        for _ in 0..3 {
            assert_eq!(fail(&world, "ann", "192.0.2.1").await, WRONG);
        }
        assert_eq!(wait(&world, "ann", "192.0.2.1").await, WINDOW);
        world.clock.advance(-MINUTE / 10);
        assert_eq!(wait(&world, "ann", "192.0.2.1").await, WINDOW, "replicas' clocks may differ a little");
        world.clock.advance(WINDOW + MINUTE / 10);
        attempt(&world, "ann", "192.0.2.1", Ok(())).await.unwrap();
    });
}
