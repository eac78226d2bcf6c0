//! The rule by examples, and by a model of services that are down, broken for some, or both in turn.

use proptest::{prelude::*, sample::select};

use super::*;
use crate::retry::MAX_ATTEMPTS;

fn at(seconds: i64) -> Timestamp {
    Timestamp(seconds * SECOND)
}

fn unavailable(sign: Sign) -> Failure {
    Failure { fault: Fault::TargetUnavailable, sign, retry_after: None }
}

fn unauthorized(sign: Sign) -> Failure {
    Failure { fault: Fault::TargetUnauthorized, sign, retry_after: None }
}

/// A service that answers nobody, to so many orders.
fn down(orders: u32) -> Health<u32> {
    let mut health = Health::default();
    for order in 0..orders {
        health.failed(order, unavailable(Sign::Silent), at(0), 1.0);
    }
    health
}

#[test]
fn who_fails_alone_has_failed_itself() {
    let mut health = Health::default();
    for _ in 0..20 {
        assert!(health.suspect(1, at(0)), "it has to be asked every time");
        assert_eq!(health.failed(1, unavailable(Sign::Answers), at(0), 0.0).blame, Blame::Order);
    }
    assert_eq!(health.outage(), None);
}

#[test]
fn two_who_fail_with_nobody_served_between_them_are_the_services_failures() {
    let mut health = Health::default();
    assert_eq!(health.failed(1, unavailable(Sign::Answers), at(0), 0.0).blame, Blame::Order);
    assert!(!health.suspect(2, at(1)), "nothing needs to be asked");
    assert_eq!(health.failed(2, unavailable(Sign::Unknown), at(1), 0.0).blame, Blame::Service);
    assert_eq!(health.failed(1, unavailable(Sign::Answers), at(2), 0.0).blame, Blame::Service);
    health.responded();
    assert_eq!(health.failed(1, unavailable(Sign::Answers), at(3), 0.0).blame, Blame::Order);
}

#[test]
fn of_two_who_fail_at_once_the_second_has_not_failed_alone() {
    let mut health = Health::default();
    assert!(health.suspect(1, at(0)), "the service is being asked for it");
    assert!(!health.suspect(2, at(0)));
}

#[test]
fn who_has_failed_is_remembered_however_often_another_does() {
    let mut health = Health::default();
    health.failed(1, unavailable(Sign::Answers), at(0), 0.0);
    for again in 1..4 {
        assert_eq!(health.failed(2, unavailable(Sign::Answers), at(again), 0.0).blame, Blame::Service);
    }
}

#[test]
fn an_outage_has_lasted_since_the_first_failure_that_may_have_been_the_services() {
    let since = |health: &mut Health<u32>| {
        for order in 10..10 + FAILURES {
            health.failed(order, unavailable(Sign::Silent), at(700), 0.0);
        }
        health.outage().map(|outage| outage.since)
    };
    let mut given_up = Health::default();
    given_up.failed(1, unavailable(Sign::Answers), at(0), 0.0);
    given_up.forget(1);
    assert_eq!(since(&mut given_up), Some(at(700)), "what it met says nothing");
    let mut another = Health::default();
    another.failed(1, unavailable(Sign::Answers), at(0), 0.0);
    another.failed(2, unavailable(Sign::Answers), at(650), 0.0);
    another.forget(2);
    assert_eq!(since(&mut another), Some(at(0)), "the other one's counts still");
    let mut its_own = Health::default();
    its_own.failed(1, unavailable(Sign::Silent), at(0), 0.0);
    its_own.forget(1);
    assert_eq!(since(&mut its_own), Some(at(0)), "the service had failed itself");
}

#[test]
fn a_failure_of_long_ago_or_of_an_order_that_was_given_up_says_nothing() {
    let mut health = Health::default();
    health.failed(1, unavailable(Sign::Answers), at(0), 0.0);
    assert_eq!(health.clone().failed(2, unavailable(Sign::Answers), at(600), 0.0).blame, Blame::Service);
    assert_eq!(health.failed(2, unavailable(Sign::Answers), at(601), 0.0).blame, Blame::Order);
    health.forget(2);
    assert_eq!(health.failed(3, unavailable(Sign::Answers), at(602), 0.0).blame, Blame::Order);
}

#[test]
fn who_asks_to_be_left_alone_is_not_asked_whether_it_answers() {
    let mut health = Health::default();
    let busy = Failure { fault: Fault::TargetBusy, sign: Sign::Unknown, retry_after: Some(7 * SECOND) };
    assert_eq!(health.failed(1, busy, at(0), 0.0), Verdict { blame: Blame::Service, wait: 7 * SECOND });
    health.responded();
    assert_eq!(health.failed(1, busy, at(1), 0.0).blame, Blame::Order, "others were just served");
    assert_eq!(health.failed(1, busy, at(2), 0.0).blame, Blame::Service, "nobody was since");
}

#[test]
fn an_outage_is_a_rest_then_a_trial_then_a_longer_rest() {
    let mut health = down(FAILURES);
    assert_eq!(health.outage(), Some(Outage { since: at(0), cause: Fault::TargetUnavailable }));
    assert_eq!((Health::<u32>::default().next_trial(), health.next_trial()), (None, Some(at(5))));
    assert!(!health.is_due(at(4)) && health.is_due(at(5)));
    health.begin_trial(at(5));
    assert!(!health.is_due(at(5)), "one at a time");
    let verdict = health.failed(9, unavailable(Sign::Silent), at(6), 1.0);
    assert_eq!(verdict, Verdict { blame: Blame::Service, wait: 11 * SECOND }, "after the next trial");
    assert!(!health.is_due(at(15)) && health.is_due(at(16)), "twice as long");
    for second in [16, 40, 90, 160, 230] {
        health.begin_trial(at(second));
        health.failed(9, unavailable(Sign::Silent), at(second), 1.0);
    }
    assert!(!health.is_due(at(289)) && health.is_due(at(290)), "never longer than a minute");
    health.begin_trial(at(290));
    assert_eq!(health.responded().map(|outage| outage.since), Some(at(0)));
    assert_eq!((health.outage(), health.responded()), (None, None));
}

#[test]
fn too_few_failures_are_no_outage() {
    let mut health = Health::default();
    for _ in 0..10 {
        for order in 1..FAILURES {
            health.failed(order, unavailable(Sign::Silent), at(0), 0.0);
        }
        assert_eq!(health.outage(), None);
        health.responded();
    }
    health.failed(1, unauthorized(Sign::Answers), at(0), 0.0);
    assert_eq!(health.outage(), None, "one order may be forbidden what others are not");
}

#[test]
fn stragglers_do_not_prolong_a_rest() {
    let mut health = down(4 * FAILURES);
    health.failed(9, unavailable(Sign::Silent), at(4), 0.0);
    assert!(health.is_due(at(5)));
}

#[test]
fn a_service_is_left_alone_as_long_as_it_asks() {
    let mut health = down(FAILURES);
    health.begin_trial(at(5));
    health.failed(1, Failure { retry_after: Some(300 * SECOND), ..unavailable(Sign::Silent) }, at(5), 0.0);
    assert!(!health.is_due(at(304)) && health.is_due(at(305)));
}

#[test]
fn a_trial_that_never_ends_is_followed_by_another() {
    let mut health = down(FAILURES);
    health.begin_trial(at(5));
    assert!(!health.is_due(at(64)) && health.is_due(at(65)));
}

#[test]
fn credentials_that_are_refused_need_one_proof_and_are_not_tried_often() {
    let mut health = Health::default();
    assert_eq!(health.failed(1, unauthorized(Sign::Silent), at(0), 0.0).blame, Blame::Service);
    assert_eq!(health.outage().map(|outage| outage.cause), Some(Fault::TargetUnauthorized));
    assert!(!health.is_due(at(29)) && health.is_due(at(30)));
    let mut time = 30;
    for _ in 0..9 {
        health.begin_trial(at(time));
        health.failed(1, unauthorized(Sign::Silent), at(time), 0.0);
        time += 300;
    }
    assert!(!health.is_due(at(time - 1)) && health.is_due(at(time)));
}

#[test]
fn an_order_that_is_forbidden_while_others_are_served_is_its_own() {
    let mut health = Health::default();
    for _ in 0..MAX_ATTEMPTS {
        health.responded();
        assert_eq!(health.failed(1, unauthorized(Sign::Answers), at(0), 0.0).blame, Blame::Order);
    }
    assert_eq!(health.outage(), None);
}

/// What happens at a service in one step: who is tried, and what it does then.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// It serves an order.
    Serves,
    /// It answers, but fails this order.
    Fails(u8),
    /// It answers nobody.
    Silent(u8),
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![Just(Happens::Serves), (0..3_u8).prop_map(Happens::Fails), (0..3_u8).prop_map(Happens::Silent)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// The promise: however it was before, a service that answers nobody costs nobody an attempt.
    #[test]
    fn an_outage_of_the_whole_service_costs_nobody_an_attempt(
        before in prop::collection::vec(happens(), 0..20),
        orders in prop::collection::vec(0..6_u8, 1..60),
        fault in select(vec![Fault::TargetUnavailable, Fault::TargetTimeout, Fault::TargetUnauthorized, Fault::MailUnavailable]),
    ) {
        let mut health = Health::default();
        let mut time = 0;
        for step in before {
            time += 1;
            match step {
                Happens::Serves => _ = health.responded(),
                Happens::Fails(order) => _ = health.failed(order, unavailable(Sign::Answers), at(time), 0.5),
                Happens::Silent(order) => _ = health.failed(order, unavailable(Sign::Silent), at(time), 0.5),
            }
        }
        for order in orders {
            time += 1;
            if health.is_due(at(time)) {
                health.begin_trial(at(time));
            }
            let verdict = health.failed(order, Failure { fault, sign: Sign::Silent, retry_after: None }, at(time), 0.5);
            prop_assert_eq!(verdict.blame, Blame::Service);
            prop_assert!(verdict.wait > 0);
        }
    }

    /// The other promise: an order that fails while others are served loses its attempts, and comes to an end.
    #[test]
    fn an_order_that_fails_among_others_that_are_served_comes_to_an_end(served in prop::collection::vec(0..3_usize, 8..40)) {
        let mut health = Health::default();
        let mut lost = 0;
        for (time, others) in served.iter().enumerate() {
            for _ in 0..*others {
                health.responded();
            }
            let now = at(i64::try_from(time).unwrap());
            let failure = unavailable(if health.suspect(7, now) { Sign::Answers } else { Sign::Unknown });
            lost += u32::from(health.failed(7, failure, now, 0.5).blame == Blame::Order);
        }
        prop_assert!(lost >= MAX_ATTEMPTS);
        prop_assert_eq!(health.outage(), None);
    }

    /// Whatever happens, a service that does something is up, and one that rests is tried again.
    #[test]
    fn no_rest_is_for_ever(steps in prop::collection::vec(happens(), 0..60)) {
        let mut health = Health::default();
        for (time, step) in steps.into_iter().enumerate() {
            let now = at(i64::try_from(time).unwrap() * 7);
            if health.is_due(now) {
                health.begin_trial(now);
            }
            match step {
                Happens::Serves => _ = health.responded(),
                Happens::Fails(order) => _ = health.failed(order, unavailable(Sign::Answers), now, 0.5),
                Happens::Silent(order) => _ = health.failed(order, unavailable(Sign::Silent), now, 0.5),
            }
            prop_assert!(health.outage().is_none() || health.is_due(now.plus(REFUSED.longest)));
        }
        health.responded();
        prop_assert_eq!(health.outage(), None);
    }
}
