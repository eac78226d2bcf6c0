//! Removing subscribers: at the target too, never leaving an orphan.

use domain::{Fault, Status, lifecycle::Event, timestamp::SECOND};
use server::{provisioning::queue, store::SubscriberId};

use crate::support::{Act, Call, MAX_ATTEMPTS, Refused as _, World, fault, for_each_database};

#[test]
fn whoever_never_reached_the_target_is_gone_at_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        assert!(world.apply(user.id, Event::RemovalRequested).await.unwrap().is_none());
        world.work_for_an_hour().await;

        assert!(world.find(user.id).await.is_none() && world.tasks().await.is_empty());
        assert!(world.postman.letters().is_empty() && world.target.calls().is_empty());
        assert_eq!(world.history(user.id).await, ["arrived", "removal_requested"]);
    });
}

#[test]
fn an_account_is_removed_and_the_user_can_onboard_again() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let removing = world.apply(user.id, Event::RemovalRequested).await.unwrap().unwrap();
        assert_eq!(removing.lifecycle.status(), Status::Updating);
        world.work().await;
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());

        let again = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        assert_eq!(world.status(again.id).await, "provisioned");
    });
}

#[test]
fn a_removal_that_fails_is_seen_and_can_be_retried() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetUnavailable)), Act::Refuse(fault(Fault::TargetRefused))]);
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.work_for_an_hour().await;
        assert_eq!(
            (world.status(user.id).await.as_str(), world.fault(user.id).await),
            ("error", Some(Fault::TargetRefused))
        );
        assert_eq!(world.accounts().await.len(), 1, "still there, and so is the subscriber who shows it");

        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.work().await;
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());
    });
}

#[test]
fn a_user_deleted_while_the_account_is_being_created_leaves_no_orphan() {
    for act in [Act::Wait, Act::WorkThenWait] {
        for_each_database(async |world: World| {
            let template = world.trusted().await;
            world.target.plan([act.clone()]);
            let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
            let worker = world.worker();
            let creating = tokio::spawn(async move { worker.drain().await });
            world.target.reached().await;

            world.apply(user.id, Event::RemovalRequested).await.unwrap();
            world.work().await;
            assert_eq!(world.target.calls().len(), 1, "the removal waits until the attempt under way has ended");

            world.target.go_on();
            creating.await.unwrap().unwrap();
            world.work().await;
            assert!(matches!(world.target.calls().as_slice(), [Call::Create(_), Call::Remove]));
            assert!(world.find(user.id).await.is_none(), "{act:?}");
            assert!(world.accounts().await.is_empty() && world.tasks().await.is_empty(), "{act:?}");
        });
    }
}

#[test]
fn a_removal_is_asked_for_once() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        assert_eq!(world.apply(user.id, Event::RemovalRequested).await.refused(), Fault::InProgress);
    });
}

#[test]
fn a_creation_that_takes_effect_after_its_caller_gave_up_leaves_no_orphan() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        // Every attempt goes unanswered; the last one is error, and the user is deleted right after it.
        world.target.plan((0..MAX_ATTEMPTS).map(|_| Act::Refuse(fault(Fault::TargetTimeout))));
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        while world.status(user.id).await == "provisioning" {
            world.work().await;
            world.clock.advance(SECOND);
        }
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "updating");

        world.target.act_late().await;
        assert_eq!(world.accounts().await.len(), 1);
        world.clock.advance(queue::SETTLING);
        world.work().await;
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());
    });
}

/// The answer to one attempt is none to the attempt before it, which may be in the target's queue still.
#[test]
fn a_creation_that_takes_effect_after_another_attempt_was_answered_leaves_no_orphan() {
    for answered in [Fault::TargetUnavailable, Fault::TargetRefused] {
        for_each_database(async |world: World| {
            let template = world.trusted().await;
            world.target.plan([Act::Refuse(fault(Fault::TargetTimeout)), Act::Refuse(fault(answered))]);
            let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
            while world.target.calls().iter().filter(|call| matches!(call, Call::Create(_))).count() < 2 {
                world.work().await;
                world.clock.advance(SECOND);
            }
            assert_eq!(
                world.status(user.id).await,
                "provisioning",
                "it has not failed while it may still be done: {answered:?}"
            );
            world.apply(user.id, Event::RemovalRequested).await.unwrap();
            world.work().await;
            assert_eq!(
                world.status(user.id).await,
                "updating",
                "the first attempt may still take effect: {answered:?}"
            );

            world.target.act_late().await;
            assert_eq!(world.accounts().await.len(), 1);
            world.clock.advance(queue::LONGEST_CALL + queue::SETTLING);
            world.work().await;
            assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty(), "{answered:?}");
        });
    }
}

/// Nor does it say anything of it when another attempt is answered that all is done.
#[test]
fn a_creation_that_takes_effect_after_another_attempt_has_done_it_leaves_no_orphan() {
    for_each_database(async |world: World| {
        let user = created_at_the_second_attempt(&world).await;
        world.apply(user, Event::RemovalRequested).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user).await, "updating", "the first attempt may still take effect");

        world.target.act_late().await;
        world.clock.advance(queue::LONGEST_CALL + queue::SETTLING);
        world.work().await;
        assert!(world.find(user).await.is_none() && world.accounts().await.is_empty());
    });
}

#[test]
fn a_failure_is_told_as_soon_as_nothing_is_in_doubt() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetTimeout)), Act::Refuse(fault(Fault::PackageUnavailable))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.doubt_ends().await;
        assert_eq!(world.fault(user.id).await, Some(Fault::PackageUnavailable));
        assert_eq!(world.target.calls().len(), 2);
    });
}

#[test]
fn what_is_done_leaves_nothing_to_do_once_nothing_is_in_doubt() {
    for_each_database(async |world: World| {
        let user = created_at_the_second_attempt(&world).await;
        let asked = world.target.calls().len();
        world.leases_run_out();
        world.work().await;
        assert_eq!(world.tasks().await.len(), 1, "whatever is ordered now still waits for the first attempt");
        world.clock.advance(queue::LONGEST_CALL + queue::SETTLING);
        world.work().await;
        assert_eq!((world.target.calls().len(), world.tasks().await.len()), (asked, 0));
        assert_eq!(world.status(user).await, "provisioned");
    });
}

/// A user who was created at the second attempt, while the first one, which got no answer, may still take effect.
async fn created_at_the_second_attempt(world: &World) -> SubscriberId {
    let template = world.trusted().await;
    world.target.plan([Act::Refuse(fault(Fault::TargetTimeout))]);
    let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await.id;
    while world.status(user).await == "provisioning" {
        world.work().await;
        world.clock.advance(SECOND);
    }
    assert_eq!((world.status(user).await.as_str(), world.target.calls().len()), ("provisioned", 2));
    user
}

/// Nor is it one to whoever gave another order meanwhile.
#[test]
fn a_removal_that_was_asked_for_during_an_answered_attempt_waits_for_those_before_it() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetTimeout)), Act::Wait]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.clock.advance(world.tasks().await[0].run_at - world.environment.now().0);
        let worker = world.worker();
        let attempt = tokio::spawn(async move { worker.drain().await });
        world.target.reached().await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.target.go_on();
        attempt.await.unwrap().unwrap();
        assert_eq!(world.status(user.id).await, "updating", "the first attempt may still take effect");
        world.clock.advance(queue::LONGEST_CALL + queue::SETTLING);
        world.work().await;
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());
    });
}
