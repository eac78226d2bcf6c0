//! A clock that is set: ahead, and what may still happen is waited for; right again, and nobody waits longer than they would have.

use domain::{
    Fault, Network,
    lifecycle::Event,
    limit,
    timestamp::{HOUR, MINUTE, SECOND},
};
use server::{
    access::{session, throttle},
    clock,
    fault::Trouble,
    provisioning::{activation, queue},
    store::proof,
};

use crate::support::{Act, World, fault, for_each_database};

/// By how much the clock runs ahead.
const AHEAD: i64 = 2 * HOUR;

async fn set_right(world: &World, by: i64) {
    world.clock.set(-by);
    clock::bring_back(&world.store, world.environment.now()).await.unwrap();
}

/// Tries until it is refused; answers for how long.
async fn refused_for(world: &World, limit: limit::Limit) -> i64 {
    loop {
        match throttle::count(&world.store, world.environment.now(), limit, Network::UNKNOWN).await {
            Ok(()) => {}
            Err(Trouble::Known { fault: Fault::TooManyAttempts, retry_after }) => return retry_after.unwrap(),
            Err(other) => panic!("{other}"),
        }
    }
}

#[test]
fn no_limit_counts_for_longer_than_its_window() {
    for_each_database(async |world: World| {
        for limit in [limit::LINK_NETWORK] {
            world.clock.set(AHEAD);
            refused_for(&world, limit).await;
            // Nothing has been brought back yet: each look bounds what it finds.
            world.clock.set(-AHEAD);
            let wait = refused_for(&world, limit).await;
            assert!((1..=limit.window).contains(&wait), "{wait}");
            world.clock.advance(wait);
            throttle::count(&world.store, world.environment.now(), limit, Network::UNKNOWN).await.unwrap();
        }
    });
}

#[test]
fn a_task_that_was_put_off_under_a_clock_ahead_is_tried_when_it_is_set_right() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.clock.set(AHEAD);
        world.target.plan([Act::Refuse(fault(Fault::TargetBusy))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning");
        assert!(!server::store::clock::was_ahead(&world.store, world.environment.now()).await.unwrap());
        world.clock.set(-AHEAD);
        assert!(
            server::store::clock::was_ahead(&world.store, world.environment.now()).await.unwrap(),
            "a start finds it out, too"
        );
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning", "it is put off for hours");
        set_right(&world, 0).await;
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[test]
fn what_is_in_doubt_from_ahead_is_so_no_longer_than_anything() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.clock.advance(AHEAD);
        world.target.plan([Fault::TargetTimeout, Fault::TargetUnavailable].map(|no| Act::Refuse(fault(no))));
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let pause = world.tasks().await[0].run_at - world.environment.now().0;
        world.clock.advance(pause);
        world.work().await;
        world.clock.advance(-AHEAD - pause);
        let soon = world.environment.now().plus(HOUR).0;
        assert!(world.tasks().await[0].earlier_doubt > soon);
        set_right(&world, 0).await;
        assert!(world.tasks().await[0].earlier_doubt < soon);
    });
}

#[test]
fn what_may_still_happen_is_waited_for_when_the_clock_is_set_right() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.clock.set(AHEAD);
        world.target.go_down(Fault::TargetTimeout);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        set_right(&world, AHEAD).await;
        let [removal] = &world.tasks().await[..] else { panic!("one order at a time") };
        assert!(removal.run_at > world.environment.now().plus(queue::SETTLING).0, "the account may still be made");
    });
}

/// Two servers, of which one has a creation under way when the user is deleted.
#[test]
fn a_user_who_is_deleted_while_the_clock_is_set_ahead_leaves_no_orphan() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Wait]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let (worker, other) = (world.worker(), world.replica().await.worker());
        let creating = tokio::spawn(async move { worker.drain().await });
        world.target.reached().await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();

        world.clock.set(AHEAD);
        other.drain().await.unwrap();
        assert_eq!(world.target.calls().len(), 1, "who has the task has it for as long as before");
        // That one is not heard of any more, and what it has asked takes effect at the last moment.
        world.clock.advance(queue::LEASE);
        other.drain().await.unwrap();
        assert!(world.find(user.id).await.is_some(), "the account may still be made");
        world.target.go_on();
        creating.await.unwrap().unwrap();

        world.clock.advance(queue::LONGEST_CALL + queue::SETTLING);
        other.drain().await.unwrap();
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());
    });
}

/// What was asked in vain before the clock was set is waited for by whoever orders something after it.
#[test]
fn a_user_who_is_deleted_after_the_clock_was_set_ahead_is_deleted_when_nothing_can_happen_any_more() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetTimeout))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let worker = world.worker();
        worker.drain().await.unwrap();
        world.clock.set(AHEAD);
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        worker.drain().await.unwrap();
        assert!(world.find(user.id).await.is_some(), "the account may still be made");
        // Nobody else waits.
        let other = world.arrive(&template, "2@sp.com", Some("bob@acme.com")).await;
        worker.drain().await.unwrap();
        assert_eq!(world.status(other.id).await, "provisioned");
        world.clock.advance(queue::LEASE + queue::LONGEST_CALL + queue::SETTLING);
        worker.drain().await.unwrap();
        assert!(world.find(user.id).await.is_none());
    });
}

#[test]
fn a_lease_of_a_server_that_died_ahead_runs_out_as_soon_as_any() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.clock.set(AHEAD);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let everything = queue::For::AllBut(Vec::new());
        let claimed =
            queue::claim(&world.store, queue::moment(&world.environment), "dead", 9, everything).await.unwrap();
        assert_eq!(claimed.len(), 1);
        set_right(&world, AHEAD).await;
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioning", "not before it has run out");
        world.clock.advance(queue::LEASE);
        world.worker().drain().await.unwrap();
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[test]
fn a_session_and_a_link_from_ahead_last_no_longer_than_others() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        world.clock.set(AHEAD);
        let user = world.arrive(&template, "1@sp.com", None).await;
        let cookie = world.portal_cookie(&user).await;
        let token = cookie.split_once('=').unwrap().1;
        activation::enter_address(&world.store, &world.environment, &user, "ann@acme.com", "en").await.unwrap();
        world.worker().drain().await.unwrap();
        let link = world.postman.last().token;
        world.clock.set(-AHEAD);
        let proof = proof::newest(world.store.read(), user.id).await.unwrap().unwrap();
        let wait = activation::resend_in(&proof, world.environment.now());
        assert!(wait <= limit::RESEND_AFTER, "{wait}");
        set_right(&world, 0).await;

        let signed_in = async || {
            session::portal(&world.store, world.environment.now(), template.id, token).await.unwrap().is_some()
        };
        assert!(signed_in().await);
        world.clock.advance(limit::PORTAL_SESSION + MINUTE);
        assert!(!signed_in().await);
        world.clock.advance(limit::LINK_LIFETIME - limit::PORTAL_SESSION + MINUTE);
        let refused = activation::by_link(&world.store, world.environment.now(), &link).await.unwrap_err();
        assert!(matches!(refused, Trouble::Known { fault: Fault::LinkExpired, .. }), "{refused}");
    });
}

/// Whatever the clock does, everybody who was accepted is provisioned within the hour after it is set right.
#[test]
fn wherever_the_clock_jumps_everybody_arrives() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let mut users = Vec::new();
        let mut off = 0;
        for number in 0..40 {
            let chance = world.environment.chance();
            #[allow(clippy::cast_possible_truncation, reason = "hours at the most")]
            let jump = ((chance - 0.5) * 6.0 * HOUR as f64) as i64;
            world.clock.advance(jump);
            off += jump;
            if number % 3 == 0 {
                world.target.plan([Act::Refuse(fault(Fault::TargetBusy))]);
            }
            let (user, email) = (format!("{number}@sp.com"), format!("u{number}@acme.com"));
            users.push(world.arrive(&template, &user, Some(&email)).await.id);
            let worker = world.worker();
            if number % 4 == 0 {
                let everything = queue::For::AllBut(Vec::new());
                queue::claim(&world.store, queue::moment(&world.environment), "dead", 1, everything).await.unwrap();
            } else {
                worker.drain().await.unwrap();
            }
        }
        set_right(&world, off).await;
        for _ in 0..120 {
            world.worker().drain().await.unwrap();
            world.clock.advance(30 * SECOND);
        }
        for user in users {
            assert_eq!(world.status(user).await, "provisioned");
        }
        assert_eq!(world.tasks().await, []);
    });
}
