//! Reminders for users who have not proven the address that they entered: when they are sent, to whom they are not, and how they
//! are stopped.

use domain::{
    Fault,
    lifecycle::Event,
    template::Reminders as Cadence,
    timestamp::{DAY, HOUR},
};
use server::{
    lease::Leased as _,
    provisioning::{
        activation,
        reminders::{Reminders, stops},
    },
    store::{Actor, Subscriber, Template},
    templates::{self, Outcome},
};

use crate::support::{World, fault, for_each_database};

const TWICE: Cadence = Cadence { count: 2, days: 3 };

fn reminders(world: &World) -> Reminders {
    let stops = stops(world.code_keys.clone());
    Reminders::new(world.store.clone(), world.environment.clone(), &stops).unwrap()
}

/// What is due now is asked for and sent.
async fn remind(world: &World) {
    reminders(world).drain().await.unwrap();
    world.work().await;
}

async fn reminding(world: &World) -> Template {
    world.template(|template| template.reminders = TWICE).await
}

/// Somebody who has been asked to prove an address.
async fn asked(world: &World, template: &Template, user: &str) -> Subscriber {
    let user = world.arrive(template, user, Some(&format!("{}.acme@example.com", &user[..1]))).await;
    world.work().await;
    user
}

/// Which of the mails so far were reminders.
fn sent(world: &World) -> Vec<i32> {
    world.postman.letters().iter().map(|letter| letter.proof.reminder).collect()
}

async fn change(world: &World, template: &Template, reminders: Cadence) -> Template {
    let after = Template { reminders, ..template.clone() };
    let changed = templates::change(&world.store, &world.environment, template, after).await.unwrap();
    let Outcome::Done(changed) = changed else { panic!("it is in use") };
    changed
}

#[test]
fn whoever_proves_nothing_is_reminded_as_often_as_the_template_says() {
    for_each_database(async |world: World| {
        let user = asked(&world, &reminding(&world).await, "1@sp.com").await;
        world.clock.advance(3 * DAY - 1);
        remind(&world).await;
        assert_eq!(sent(&world), [0], "not before its time");
        world.clock.advance(1);
        for _ in 0..3 {
            remind(&world).await;
            world.clock.advance(HOUR);
        }
        assert_eq!(sent(&world), [0, 1]);
        let [first, second] = &world.postman.letters()[..] else { panic!("not two") };
        assert_eq!((&second.proof.email, &second.proof.locale), (&first.proof.email, &first.proof.locale));
        for _ in 0..20 {
            world.clock.advance(DAY);
            remind(&world).await;
        }
        assert_eq!(sent(&world), [0, 1, 2], "and then no more");
        let steps = ["arrived", "mail_sent", "reminded", "mail_sent", "reminded", "mail_sent"];
        assert_eq!(world.history(user.id).await, steps);
        assert_eq!(world.status(user.id).await, "pending_email_validation");
    });
}

#[test]
fn the_reminders_own_link_proves_the_address() {
    for_each_database(async |world: World| {
        let user = asked(&world, &reminding(&world).await, "1@sp.com").await;
        world.clock.advance(3 * DAY);
        remind(&world).await;
        world.prove_by_link(&world.postman.last().token).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        world.clock.advance(30 * DAY);
        remind(&world).await;
        assert_eq!(sent(&world), [0, 1], "whoever is provisioned is left alone");
    });
}

#[test]
fn nobody_else_is_reminded() {
    for_each_database(async |world: World| {
        let template = reminding(&world).await;
        asked(&world, &world.template(|_| ()).await, "0@sp.com").await;
        let proven = asked(&world, &template, "1@sp.com").await;
        world.prove_by_link(&world.postman.last().token).await.unwrap();
        let removed = asked(&world, &template, "2@sp.com").await;
        world.apply(removed.id, Event::RemovalRequested).await.unwrap();
        let withdrawn = asked(&world, &template, "3@sp.com").await;
        world.apply(withdrawn.id, Event::AddressWithdrawn).await.unwrap();
        world.postman.refuse([fault(Fault::MailboxUnknown)]);
        let refused = asked(&world, &template, "4@sp.com").await;
        assert!(world.find(refused.id).await.unwrap().mail_refused);
        let before = world.postman.letters().len();
        for _ in 0..10 {
            world.clock.advance(DAY);
            remind(&world).await;
        }
        assert_eq!(world.postman.letters().len(), before);
        assert_eq!(world.status(proven.id).await, "provisioned");
    });
}

#[test]
fn whoever_had_a_mail_lately_is_not_reminded_yet() {
    for_each_database(async |world: World| {
        let template = reminding(&world).await;
        let user = asked(&world, &template, "1@sp.com").await;
        world.clock.advance(3 * DAY - HOUR);
        let waiting = world.subscriber(user.id).await;
        activation::resend_for(&world.store, &world.environment, &waiting, &Actor::Operator).await.unwrap();
        world.work().await;
        world.clock.advance(HOUR);
        remind(&world).await;
        assert_eq!(sent(&world), [0, 0], "the count begins anew with what somebody asked for");
        // A mail that could not leave for days counts from when it left.
        let late = world.arrive(&template, "2@sp.com", Some("late@acme.com")).await;
        world.postman.close(fault(Fault::MailUnavailable));
        world.work().await;
        world.clock.advance(2 * DAY);
        world.postman.open();
        world.work_for_an_hour().await;
        let left = world.postman.letters().len();
        world.clock.advance(DAY + HOUR);
        reminders(&world).drain().await.unwrap();
        world.work().await;
        let to_late =
            world.postman.letters().iter().skip(left).filter(|letter| letter.subscriber.id == late.id).count();
        assert_eq!(to_late, 0);
    });
}

#[test]
fn a_template_that_is_changed_is_changed_for_those_who_wait() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        asked(&world, &template, "1@sp.com").await;
        world.clock.advance(5 * DAY);
        remind(&world).await;
        assert_eq!(sent(&world), [0], "none, unless somebody wants some");
        let template = change(&world, &template, Cadence { count: 2, days: 4 }).await;
        remind(&world).await;
        assert_eq!(sent(&world), [0, 1]);
        change(&world, &template, Cadence::NONE).await;
        world.clock.advance(10 * DAY);
        remind(&world).await;
        assert_eq!(sent(&world), [0, 1]);
    });
}

#[test]
fn of_two_servers_one_reminds() {
    for_each_database(async |world: World| {
        asked(&world, &reminding(&world).await, "1@sp.com").await;
        world.clock.advance(3 * DAY);
        let (one, other) = (reminders(&world), reminders(&world));
        let mut claimed = one.claim(9).await.unwrap();
        assert_eq!((claimed.len(), other.claim(9).await.unwrap().len()), (1, 0));
        // It is held up for longer than its lease.
        world.clock.advance(HOUR);
        let mut again = other.claim(9).await.unwrap();
        other.carry_out(again.remove(0)).await.unwrap();
        one.carry_out(claimed.remove(0)).await.unwrap();
        world.work().await;
        assert_eq!(sent(&world), [0, 1]);
    });
}

#[test]
fn whoever_wants_no_more_gets_no_more() {
    for_each_database(async |world: World| {
        let template = reminding(&world).await;
        let user = asked(&world, &template, "1@sp.com").await;
        let sealed = stops(world.code_keys.clone()).of(user.id.into()).unwrap();
        let (site, path) = (world.site().await, format!("/activate/{}/stop/{sealed}", template.share_token));

        // Scanners open links.
        let page = site.get(&path, "").await;
        assert_eq!(page.status, 200, "{}", page.head);
        assert!(page.body.contains("Stop the reminders?") && page.body.contains(r#"action="/api/portal/stop""#));
        assert_eq!(world.find(user.id).await.unwrap().reminders_stopped_at, None);
        // As RFC 8058 has a mailbox post it: no cookie, no page of ours.
        let post = |path: &str| {
            let body = "List-Unsubscribe=One-Click";
            let kind = "application/x-www-form-urlencoded";
            format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: \
                 close\r\n\r\n{body}",
                body.len()
            )
        };
        let forged = path.replace(&sealed[32..], &"0".repeat(20));
        assert_eq!(site.send(post(&forged)).await.status, 404);
        assert_eq!(world.find(user.id).await.unwrap().reminders_stopped_at, None);
        for _ in 0..2 {
            assert_eq!(site.send(post(&path)).await.status, 200);
        }
        assert!(site.get(&path, "").await.body.contains("Reminders are stopped"));
        assert_eq!(world.history(user.id).await, ["arrived", "mail_sent", "reminders_stopped"]);
        // Nor after whatever else happens with the template, or is asked for.
        let template = change(&world, &template, Cadence { count: 5, days: 1 }).await;
        world.clock.advance(DAY);
        let waiting = world.subscriber(user.id).await;
        activation::resend_for(&world.store, &world.environment, &waiting, &Actor::Operator).await.unwrap();
        world.work().await;
        change(&world, &template, TWICE).await;
        for _ in 0..10 {
            world.clock.advance(DAY);
            remind(&world).await;
        }
        assert_eq!(sent(&world), [0, 0]);
    });
}

#[test]
fn the_pages_button_stops_them_without_javascript_or_a_session() {
    for_each_database(async |world: World| {
        let template = reminding(&world).await;
        let user = asked(&world, &template, "1@sp.com").await;
        let sealed = stops(world.code_keys.clone()).of(user.id.into()).unwrap();
        let path = format!("/activate/{}/stop/{sealed}", template.share_token);
        let site = world.site().await;
        let mut browser = crate::support::Browser::at(&format!("http://{}", site.address));
        let page = browser.open(&path).await;
        let fields = [("share", page.hidden("share").unwrap()), ("token", page.hidden("token").unwrap())];
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = browser.send("/api/portal/stop", &fields).await;
        let page = browser.follow(answer).await;
        assert!(page.path.ends_with(&path) && page.body.contains("Reminders are stopped"), "{}", page.path);
        assert!(world.find(user.id).await.unwrap().reminders_stopped_at.is_some());
        // A link of nobody's says so.
        let page = browser.open(&format!("/activate/{}/stop/x", template.share_token)).await;
        assert!(page.body.contains("This link cannot be used"), "{}", page.body);
    });
}
