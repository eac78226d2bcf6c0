//! Whose failure a failed attempt is, and what it says of the next one.

use domain::{
    Fault,
    lifecycle::Event,
    timestamp::{DAY, MINUTE, SECOND},
};
use server::{
    provisioning::worker::Undelivered,
    targets::{Refusal, directory},
};

use super::outage::{unproven, users, work_for};
use crate::support::{Act, World, fault, for_each_database};

#[test]
fn whoever_has_failed_for_good_says_nothing_of_the_next_one() {
    for_each_database(async |world: World| {
        let (worker, template) = (world.worker(), world.trusted().await);
        for (user, address) in [("1@sp.com", "ann@acme.com"), ("2@sp.com", "bob@acme.com")] {
            world.target.fail_for(user, fault(Fault::TargetUnavailable));
            let user = world.arrive(&template, user, Some(address)).await;
            worker.drain().await.unwrap();
            assert_eq!(world.tasks().await[0].attempts, 1, "nobody else has an open failure");
            work_for(&worker, &world.clock, MINUTE).await;
            assert_eq!(world.fault(user.id).await, Some(Fault::TargetUnavailable));
        }
    });
}

#[test]
fn a_fault_of_our_own_says_nothing_of_the_target() {
    for_each_database(async |world: World| {
        let faults = [Fault::TargetUnavailable, Fault::Internal, Fault::TargetUnavailable];
        world.target.plan(faults.map(|known| Act::Refuse(fault(known))));
        users(&world, 3).await;
        world.work().await;
        let attempts: Vec<_> = world.tasks().await.iter().map(|task| task.attempts).collect();
        assert_eq!(attempts, [1, 1, 0], "nothing was done for anybody since the first one failed");
    });
}

#[test]
fn a_mail_that_is_put_off_for_what_we_are_is_tried_until_that_is_mended() {
    for_each_database(async |world: World| {
        let user = unproven(&world, 1).await.remove(0);
        // More of them than there are tries in a day.
        world.postman.plan((0..40).map(|_| Undelivered::Later(fault(Fault::MailRelayDenied))));
        work_for(&world.worker(), &world.clock, 2 * DAY).await;
        assert_eq!(world.postman.letters().len(), 1);
        assert!(!world.find(user.id).await.unwrap().mail_refused);
    });
}

#[test]
fn what_was_answered_is_over_and_nothing_waits_for_it() {
    for_each_database(async |world: World| {
        world.target.go_down(Fault::TargetUnavailable);
        let user = users(&world, 1).await.remove(0);
        world.work().await;
        assert_eq!(world.tasks().await[0].attempts, 0);
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        let [removal] = &world.tasks().await[..] else { panic!("one order at a time") };
        assert_eq!(removal.run_at, world.environment.now().0);
    });
}

/// How many attempts each of so many users has lost, of whom the target says this one after the other.
async fn lost(world: &World, said: &[Fault]) -> Vec<i32> {
    world.target.plan(said.iter().map(|said| Act::Refuse(fault(*said))));
    users(world, said.len()).await;
    world.work().await;
    world.tasks().await.iter().map(|task| task.attempts).collect()
}

#[test]
fn a_target_that_is_busy_is_not_asked_whether_it_is_there() {
    for_each_database(async |world: World| {
        assert_eq!(lost(&world, &[Fault::TargetBusy]).await, [0], "it would answer");
    });
}

#[test]
fn whom_a_target_refuses_while_others_fail_is_refused() {
    for_each_database(async |world: World| {
        assert_eq!(lost(&world, &[Fault::TargetUnavailable, Fault::TargetRefused]).await, [1], "the first one waits");
        assert_eq!(world.history_of_all().await.last().unwrap(), "attempt_failed");
    });
}

#[test]
fn two_who_are_forbidden_are_no_outage_of_a_target_that_answers() {
    for_each_database(async |world: World| {
        let worker = world.worker();
        world.target.plan([(); 2].map(|()| Act::Refuse(fault(Fault::TargetUnauthorized))));
        users(&world, 2).await;
        worker.drain().await.unwrap();
        assert_eq!(worker.breakers().outage(directory::NAME), None);
    });
}

#[test]
fn what_a_target_says_to_everybody_needs_no_second_proof() {
    for_each_database(async |world: World| {
        let worker = world.worker();
        world.target.fail_for("0@sp.com", Refusal { of_all: true, ..fault(Fault::TargetUnauthorized) });
        users(&world, 1).await;
        worker.drain().await.unwrap();
        assert!(worker.breakers().outage(directory::NAME).is_some());
    });
}

#[test]
fn only_the_first_failure_after_a_success_is_the_orders_own() {
    for_each_database(async |world: World| {
        let worker = world.worker();
        let refuse = |known| Act::Refuse(fault(known));
        world.target.plan([Act::Work, refuse(Fault::TargetUnavailable), refuse(Fault::TargetBusy)]);
        users(&world, 2).await;
        for _ in 0..2 {
            worker.drain().await.unwrap();
            assert_eq!(world.tasks().await[0].attempts, 1);
            world.clock.advance(2 * SECOND);
        }
        assert_eq!(world.target.calls().len(), 3);
    });
}
