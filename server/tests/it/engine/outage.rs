//! A target or a mail server that is down for everybody: nobody loses anything by it but time.

use std::sync::Arc;

use domain::{
    BroadWorksId, Fault, SpEnterpriseId,
    lifecycle::Event,
    timestamp::{DAY, HOUR, MINUTE, SECOND},
};
use server::{
    environment::ManualClock,
    provisioning::{
        queue,
        worker::{Undelivered, Worker},
        workspaces::{self, NewWorkspace},
    },
    store::{Actor, Subscriber, Template, Workspace},
    targets::{
        Refusal,
        directory::{self, Directory},
    },
};

use crate::support::{Act, Call, MAX_ATTEMPTS, Outage, World, fault, for_each_database};

/// So many users arrive under a template whose addresses are trusted.
pub async fn users(world: &World, many: usize) -> Vec<Subscriber> {
    let template = world.trusted().await;
    let mut users = Vec::new();
    for number in 0..many {
        let address = format!("u{number}@acme.com");
        users.push(world.arrive(&template, &format!("{number}@sp.com"), Some(&address)).await);
    }
    users
}

/// A workspace of `acme`.
async fn room(world: &World, template: &Template) -> Workspace {
    let acme = SpEnterpriseId::parse("SP1+acme").unwrap();
    let customer = workspaces::customer(&world.store, world.tenant, &acme).await.unwrap();
    let new = NewWorkspace {
        user_id: BroadWorksId::parse("room@sp.com").unwrap(),
        display_name: "Room".to_owned(),
        primary_phone: None,
        extension: None,
    };
    workspaces::add(&world.store, &world.environment, (template, &customer), new, &Actor::Import).await.unwrap()
}

/// One server at work for this long.
pub async fn work_for(worker: &Worker, clock: &ManualClock, milliseconds: i64) {
    let step = (milliseconds / 300).clamp(SECOND, 10 * MINUTE);
    for _ in 0..=milliseconds / step {
        worker.drain().await.unwrap();
        clock.advance(step);
    }
}

async fn statuses(world: &World, users: &[Subscriber]) -> Vec<String> {
    let mut statuses = Vec::new();
    for user in users {
        statuses.push(world.status(user.id).await);
    }
    statuses.sort();
    statuses.dedup();
    statuses
}

#[test]
fn a_target_that_is_down_is_spared_and_what_waits_loses_no_attempts() {
    const FAILURES: usize = 5;
    for_each_database(async |world: World| {
        world.target.go_down(Fault::TargetUnavailable);
        let users = users(&world, 3 * FAILURES).await;
        let unproven = world.template(|_| ()).await;
        world.arrive(&unproven, "mail@sp.com", Some("mail@acme.com")).await;

        let worker = world.worker();
        worker.drain().await.unwrap();
        assert_eq!(world.target.calls().len(), FAILURES);
        assert_eq!(world.postman.letters().len(), 1, "the mail server is another service");
        let outage = worker.breakers().outage(directory::NAME).unwrap();
        assert_eq!((outage.since, outage.cause), (world.environment.now(), Fault::TargetUnavailable));

        world.clock.advance(5 * SECOND);
        worker.drain().await.unwrap();
        assert_eq!(world.target.calls().len(), FAILURES + 1, "one trial");
        assert!(world.tasks().await.iter().all(|task| task.attempts == 0), "nobody has lost an attempt");

        world.target.come_back();
        work_for(&worker, &world.clock, MINUTE).await;
        assert_eq!(worker.breakers().outage(directory::NAME), None);
        assert_eq!(world.accounts().await.len(), users.len());
    });
}

#[test]
fn a_target_that_refuses_somebody_for_good_is_back() {
    for_each_database(async |world: World| {
        let worker = world.worker();
        world.target.go_down(Fault::TargetUnauthorized);
        let users = users(&world, 1).await;
        worker.drain().await.unwrap();
        assert!(worker.breakers().outage(directory::NAME).is_some());
        world.target.come_back();
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        world.clock.advance(MINUTE);
        worker.drain().await.unwrap();
        assert_eq!(world.fault(users[0].id).await, Some(Fault::PackageUnavailable));
        assert_eq!(worker.breakers().outage(directory::NAME), None);
    });
}

#[test]
fn an_outage_puts_nobody_into_error_however_long_it_lasts() {
    for_each_database(async |world: World| {
        for (many, how_long) in [(1, 7 * MINUTE), (6, 7 * MINUTE), (2, 3 * DAY)] {
            let accounts = world.accounts().await.len();
            let users = users(&world, many).await;
            world.target.go_down(Fault::TargetUnavailable);
            let worker = world.worker();
            work_for(&worker, &world.clock, how_long).await;
            assert_eq!(statuses(&world, &users).await, ["provisioning"]);

            world.target.come_back();
            work_for(&worker, &world.clock, 3 * MINUTE).await;
            assert_eq!(statuses(&world, &users).await, ["provisioned"]);
            assert_eq!(world.accounts().await.len(), accounts + many);
            for user in &users {
                world.apply(user.id, Event::RemovalRequested).await.unwrap();
            }
            world.work_for_an_hour().await;
        }
    });
}

#[test]
fn a_target_that_does_nothing_for_anybody_is_down_even_if_it_answers_questions() {
    for_each_database(async |world: World| {
        world.target.plan((0..1_000).map(|_| Act::Refuse(fault(Fault::TargetUnavailable))));
        let users = users(&world, 6).await;
        let worker = world.worker();
        work_for(&worker, &world.clock, 7 * MINUTE).await;
        assert_eq!(statuses(&world, &users).await, ["provisioning"]);
        world.target.behave();
        work_for(&worker, &world.clock, 3 * MINUTE).await;
        assert_eq!(statuses(&world, &users).await, ["provisioned"]);
    });
}

#[test]
fn who_fails_while_others_are_served_has_failed() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = world.worker();
        world.target.fail_for("broken@sp.com", fault(Fault::TargetUnavailable));
        let broken = world.arrive(&template, "broken@sp.com", Some("broken@acme.com")).await;
        for number in 0..20 {
            let other =
                world.arrive(&template, &format!("{number}@sp.com"), Some(&format!("u{number}@acme.com"))).await;
            worker.drain().await.unwrap();
            assert_eq!(world.status(other.id).await, "provisioned");
            world.clock.advance(5 * SECOND);
        }
        assert_eq!(world.fault(broken.id).await, Some(Fault::TargetUnavailable));
        let refused = world.target.calls().len() - world.accounts().await.len();
        assert_eq!(refused, MAX_ATTEMPTS as usize);
        assert_eq!(worker.breakers().outage(directory::NAME), None);
    });
}

#[test]
fn who_is_forbidden_while_others_are_served_has_failed() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let worker = world.worker();
        world.target.fail_for("broken@sp.com", fault(Fault::TargetUnauthorized));
        world.arrive(&template, "0@sp.com", Some("first@acme.com")).await;
        let broken = world.arrive(&template, "broken@sp.com", Some("broken@acme.com")).await;
        let other = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        work_for(&worker, &world.clock, HOUR).await;
        assert_eq!(world.fault(broken.id).await, Some(Fault::TargetUnauthorized));
        assert_eq!(world.status(other.id).await, "provisioned");
    });
}

#[test]
fn what_only_two_have_against_them_is_theirs_after_a_day() {
    for_each_database(async |world: World| {
        world.target.plan((0..10_000).map(|_| Act::Refuse(fault(Fault::TargetUnavailable))));
        let users = users(&world, 2).await;
        let worker = world.worker();
        work_for(&worker, &world.clock, 23 * HOUR).await;
        assert_eq!(statuses(&world, &users).await, ["provisioning"]);
        work_for(&worker, &world.clock, 2 * HOUR).await;
        assert_eq!(statuses(&world, &users).await, ["error"]);
    });
}

#[test]
fn one_that_always_fails_is_not_in_the_way_of_the_others() {
    for_each_database(async |world: World| {
        world.target.go_down(Fault::TargetUnavailable);
        for poison in ["0@sp.com", "1@sp.com"] {
            world.target.fail_for(poison, fault(Fault::TargetUnavailable));
        }
        let users = users(&world, 6).await;
        let worker = world.worker();
        work_for(&worker, &world.clock, 5 * MINUTE).await;
        world.target.come_back();
        work_for(&worker, &world.clock, 8 * MINUTE).await;
        assert_eq!(statuses(&world, &users[2..]).await, ["provisioned"]);
    });
}

#[test]
fn credentials_that_are_refused_put_nobody_into_error_and_once_mended_all_go_on() {
    for_each_database(async |world: World| {
        world
            .target
            .go_down(Refusal { detail: Some("401: token expired".to_owned()), ..fault(Fault::TargetUnauthorized) });
        let users = users(&world, 6).await;
        let removed = world.arrive(&world.trusted().await, "r@sp.com", Some("r@acme.com")).await;
        let worker = world.worker();
        worker.drain().await.unwrap();
        assert_eq!(world.target.calls().len(), 1, "one proof is enough");
        assert_eq!(worker.breakers().outage(directory::NAME).unwrap().cause, Fault::TargetUnauthorized);
        world.apply(removed.id, Event::RemovalRequested).await.unwrap();
        work_for(&worker, &world.clock, 2 * DAY).await;
        assert_eq!(statuses(&world, &users).await, ["provisioning"]);
        assert_eq!(world.status(removed.id).await, "updating");
        let asked = world.target.calls().len();
        assert!((5..1_000).contains(&asked), "now and then: {asked} in two days");

        // Put right at the target, it is noticed within minutes; put right in the settings, with the restart.
        world.target.come_back();
        work_for(&worker, &world.clock, 6 * MINUTE).await;
        assert_eq!(statuses(&world, &users).await, ["provisioned"]);
        assert!(world.find(removed.id).await.is_none());
    });
}

#[test]
fn a_restart_tries_again_at_once() {
    for_each_database(async |world: World| {
        world.target.go_down(Fault::TargetUnauthorized);
        let users = users(&world, 6).await;
        let worker = world.worker();
        work_for(&worker, &world.clock, HOUR).await;
        world.target.come_back();
        let restarted = world.worker();
        restarted.drain().await.unwrap();
        let waiting = world.tasks().await.len();
        assert!(waiting <= users.len() / 2, "all but those that were tried of late: {waiting}");
        work_for(&restarted, &world.clock, 6 * MINUTE).await;
        assert_eq!(statuses(&world, &users).await, ["provisioned"]);
    });
}

#[test]
fn a_target_without_settings_is_waited_for() {
    for_each_database(async |world: World| {
        let template = world.trusted_at("webex", Some("template-there")).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let place = room(&world, &template).await;
        let worker = world.worker();
        work_for(&worker, &world.clock, HOUR).await;
        assert_eq!(world.status(user.id).await, "provisioning");
        assert_eq!(world.workspace(place.id).await.unwrap().status, "provisioning");
        assert_eq!(worker.breakers().outage("webex").unwrap().cause, Fault::TargetUnauthorized);
        assert_eq!(world.find(user.id).await.unwrap().setback, Some(41006));

        let set_up = world.worker_with("webex", world.target.clone(), world.postman.clone());
        work_for(&set_up, &world.clock, 6 * MINUTE).await;
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.workspace(place.id).await.unwrap().status, "provisioned");
    });
}

#[test]
fn an_attempt_that_cost_nothing_may_have_had_an_effect_all_the_same() {
    for_each_database(async |world: World| {
        world
            .target
            .plan([Act::Refuse(fault(Fault::TargetUnavailable)), Act::WorkThenRefuse(fault(Fault::TargetTimeout))]);
        let users = users(&world, 2).await;
        let worker = world.worker();
        worker.drain().await.unwrap();
        assert_eq!(world.tasks().await.iter().map(|task| task.attempts).collect::<Vec<_>>(), [1, 0]);
        work_for(&worker, &world.clock, MINUTE).await;
        assert_eq!(statuses(&world, &users).await, ["provisioned"]);
        let calls = world.target.calls();
        let created = calls.iter().filter(|call| matches!(call, Call::Create(_))).count();
        assert_eq!(created, 3, "the second one was found and not made again: {calls:?}");
    });
}

#[test]
fn what_is_worked_on_may_be_followed_by_an_outage_longer_than_anything_takes() {
    for_each_database(async |world: World| {
        world.target.plan([Act::WorkOn]);
        let users = users(&world, 1).await;
        let worker = world.worker();
        worker.drain().await.unwrap();
        world.target.go_down(Fault::TargetTimeout);
        work_for(&worker, &world.clock, 2 * DAY).await;
        world.target.come_back();
        world.target.plan([Act::WorkOn]);
        work_for(&worker, &world.clock, 5 * MINUTE).await;
        assert_eq!(statuses(&world, &users).await, ["provisioned"]);
    });
}

#[test]
fn workspaces_wait_as_users_do() {
    for_each_database(async |world: World| {
        world.target.go_down(Fault::TargetUnauthorized);
        let template = world.trusted().await;
        world.arrive(&template, "user@sp.com", None).await;
        let place = room(&world, &template).await;
        let worker = world.worker();
        work_for(&worker, &world.clock, DAY + HOUR).await;
        assert_eq!(world.workspace(place.id).await.unwrap().status, "provisioning");
        world.target.come_back();
        work_for(&worker, &world.clock, 6 * MINUTE).await;
        assert_eq!(world.workspace(place.id).await.unwrap().status, "provisioned");
    });
}

/// So many users wait for their mails.
pub async fn unproven(world: &World, many: usize) -> Vec<Subscriber> {
    let template = world.template(|_| ()).await;
    let mut users = Vec::new();
    for number in 0..many {
        let address = format!("m{number}@acme.com");
        users.push(world.arrive(&template, &format!("m{number}@sp.com"), Some(&address)).await);
    }
    users
}

#[test]
fn a_mail_server_that_is_away_for_days_loses_no_mail_and_blames_no_address() {
    for_each_database(async |world: World| {
        for closed in [Fault::MailUnavailable, Fault::MailUnauthorized, Fault::MailHostRefused] {
            let sent = world.postman.letters().len();
            let users = unproven(&world, 3).await;
            world.postman.close(closed);
            let worker = world.worker();
            work_for(&worker, &world.clock, 2 * DAY).await;
            assert_eq!(worker.breakers().outage(queue::MAIL).map(|outage| outage.cause), Some(closed));
            for user in &users {
                let user = world.find(user.id).await.unwrap();
                assert!(!user.mail_refused && user.status == "pending_email_validation");
            }
            world.postman.open();
            work_for(&worker, &world.clock, 6 * MINUTE).await;
            assert_eq!(world.postman.letters().len(), sent + users.len());
            for user in &users {
                assert_eq!(world.find(user.id).await.unwrap().setback, None);
                world.apply(user.id, Event::RemovalRequested).await.unwrap();
            }
        }
    });
}

/// One mail alone, in the middle of which the server says what it minds of us: no address is to blame, however long it takes.
#[test]
fn what_a_mail_server_minds_of_us_is_waited_for_until_it_is_mended() {
    for minded in [Fault::MailUnauthorized, Fault::MailTlsRequired] {
        for_each_database(async |world: World| {
            let worker = world.worker();
            let users = unproven(&world, 1).await;
            world.postman.plan((0..1_000).map(|_| Undelivered::Out(fault(minded))));
            worker.drain().await.unwrap();
            assert_eq!(worker.breakers().outage(queue::MAIL).map(|outage| outage.cause), Some(minded));
            work_for(&worker, &world.clock, DAY + HOUR).await;
            let user = world.find(users[0].id).await.unwrap();
            assert!(!user.mail_refused && world.tasks().await.len() == 1, "{minded:?}");
        });
    }
}

#[test]
fn a_farewell_in_the_middle_of_one_mail_is_that_mails_and_of_several_the_servers() {
    for_each_database(async |world: World| {
        let farewell = || Undelivered::Amid(fault(Fault::MailUnavailable));
        let worker = world.worker();
        let alone = unproven(&world, 1).await;
        world.postman.plan([farewell()]);
        worker.drain().await.unwrap();
        assert_eq!(world.tasks().await[0].attempts, 1);
        work_for(&worker, &world.clock, 5 * MINUTE).await;
        assert_eq!(world.postman.letters().len(), 1);
        world.apply(alone[0].id, Event::RemovalRequested).await.unwrap();

        unproven(&world, 8).await;
        world.postman.plan((0..8).map(|_| farewell()));
        worker.drain().await.unwrap();
        assert!(worker.breakers().outage(queue::MAIL).is_some());
        assert_eq!(world.tasks().await.iter().filter(|task| task.attempts > 0).count(), 1);
        work_for(&worker, &world.clock, 10 * MINUTE).await;
        assert_eq!(world.postman.letters().len(), 9);
    });
}

/// Before anybody is named a mail is for, one mail says as much as many: it waits and loses nothing, and the server rests.
#[test]
fn a_mail_server_that_takes_no_sender_is_out_for_one_mail_too() {
    for_each_database(async |world: World| {
        let worker = world.worker();
        let user = unproven(&world, 1).await.remove(0);
        world.postman.plan((0..8).map(|_| Undelivered::Out(fault(Fault::MailUnavailable))));
        worker.drain().await.unwrap();
        assert_eq!(world.tasks().await[0].attempts, 0);
        work_for(&worker, &world.clock, MINUTE).await;
        assert!(worker.breakers().outage(queue::MAIL).is_some());
        assert_eq!(world.tasks().await[0].attempts, 0);
        work_for(&worker, &world.clock, 5 * MINUTE).await;
        assert_eq!(worker.breakers().outage(queue::MAIL), None);
        assert_eq!(world.postman.letters().len(), 1);
        assert_eq!(world.find(user.id).await.unwrap().setback, None);
    });
}

/// The embedded directory lives in our own database, which has a condition of its own.
#[test]
fn a_database_that_is_away_is_no_outage_of_the_directory() {
    for_each_database(async |world: World| {
        let away = Arc::new(Outage::default());
        let directory = Directory::new(world.store.with_mishaps(away.clone()), world.environment.clone());
        let worker = world.worker_with(directory::NAME, Arc::new(directory), world.postman.clone());
        let users = users(&world, 8).await;
        away.spread();
        work_for(&worker, &world.clock, MINUTE).await;
        assert_eq!(worker.breakers().outage(directory::NAME), None);
        assert_eq!(statuses(&world, &users).await, ["provisioning"]);
        assert!(world.tasks().await.iter().all(|task| task.attempts == 0), "nobody has lost an attempt");
        away.end();
        work_for(&worker, &world.clock, 10 * SECOND).await;
        assert_eq!(statuses(&world, &users).await, ["provisioned"]);
    });
}

/// Looking up works there, and creating does not: as with a licence that has run out.
#[test]
fn what_a_target_would_say_to_everybody_is_no_users_failure() {
    for_each_database(async |world: World| {
        let worker = world.worker();
        let user = users(&world, 1).await.remove(0);
        for fault in [Fault::TargetUnauthorized, Fault::TargetUnavailable] {
            world.target.fail_for("0@sp.com", Refusal { of_all: true, ..fault.into() });
            work_for(&worker, &world.clock, HOUR).await;
            assert_eq!(world.status(user.id).await, "provisioning");
            assert!(worker.breakers().outage(directory::NAME).is_some(), "{fault:?}");
        }
    });
}

#[test]
fn a_recipient_who_is_put_off_is_no_outage() {
    for_each_database(async |world: World| {
        unproven(&world, 9).await;
        world.postman.plan((0..6).map(|_| Undelivered::Later(fault(Fault::MailboxFull))));
        let worker = world.worker();
        worker.drain().await.unwrap();
        assert_eq!(worker.breakers().outage(queue::MAIL), None);
        assert_eq!(world.postman.letters().len(), 3);
    });
}

#[test]
fn a_target_that_comes_and_goes_puts_nobody_into_error() {
    for_each_database(async |world: World| {
        let (worker, template) = (world.worker(), world.trusted().await);
        let mut users = Vec::new();
        for number in 0..20 {
            if number % 3 == 0 {
                world.target.come_back()
            } else {
                world.target.go_down(Fault::TargetUnavailable)
            }
            users
                .push(world.arrive(&template, &format!("{number}@sp.com"), Some(&format!("u{number}@acme.com"))).await);
            work_for(&worker, &world.clock, 20 * SECOND).await;
        }
        world.target.come_back();
        work_for(&worker, &world.clock, 3 * MINUTE).await;
        assert_eq!(statuses(&world, &users).await, ["provisioned"]);
    });
}

#[test]
fn what_was_asked_without_an_answer_may_still_happen_though_it_cost_nothing() {
    for_each_database(async |world: World| {
        world.target.go_down(Fault::TargetTimeout);
        let users = users(&world, 1).await;
        world.work().await;
        world.apply(users[0].id, Event::RemovalRequested).await.unwrap();
        let [removal] = &world.tasks().await[..] else { panic!("one order at a time") };
        assert!(removal.run_at > world.environment.now().plus(queue::SETTLING).0, "it waits for what may come late");
        world.target.come_back();
        world.work_for_an_hour().await;
        assert!(world.find(users[0].id).await.is_none());
    });
}
