//! What is kept of people is forgotten when its time is over, and not before.

use std::collections::BTreeSet;

use domain::{audit::Deed, lifecycle::Event, timestamp::DAY};
use sea_orm::EntityTrait as _;
use server::{
    provisioning::{activation, admission::Comeback, update},
    retention::{Days, Retention},
    store::{Actor, SubscriberId, audit},
};

use crate::entity::{admission, audit_event, proof, proof_secret};
use crate::support::{World, for_each_database};

const GONE: u32 = 30;
const MAILS: u32 = 10;
const AUDIT: u32 = 50;

async fn sweep(world: &World, retention: &Retention) {
    retention.sweep(&world.store, world.environment.now()).await.unwrap();
}

async fn remove(world: &World, user: SubscriberId, comeback: Comeback) {
    let own = (world.tenant, user);
    update::remove(&world.store, &world.environment, own, &Actor::Import, comeback).await.unwrap();
    world.work().await;
    assert!(world.find(user).await.is_none());
}

async fn admitted(world: &World) -> Vec<bool> {
    admission::Entity::find().all(world.store.read()).await.unwrap().into_iter().map(|row| row.open).collect()
}

#[test]
fn what_happened_to_those_who_are_gone_is_forgotten_in_time() {
    for_each_database(async |world: World| {
        let retention = Retention::new(Some(Days(GONE)), None, None);
        let template = world.trusted().await;
        let mut users = Vec::new();
        for (user, email) in [("stays", "a@acme.com"), ("goes", "b@acme.com"), ("is-forbidden", "c@acme.com")] {
            users.push(world.arrive(&template, user, Some(email)).await.id);
        }
        world.work().await;
        let [stays, goes, forbidden] = users[..] else { panic!("three") };
        remove(&world, goes, Comeback::Allowed).await;
        world.clock.advance(i64::from(GONE) * DAY);
        remove(&world, forbidden, Comeback::Forbidden).await;

        sweep(&world, &retention).await;
        assert!(!world.history(goes).await.is_empty(), "not before its time is over");
        world.clock.advance(1);
        sweep(&world, &retention).await;
        assert!(world.history(goes).await.is_empty());
        assert!(!world.history(stays).await.is_empty() && !world.history(forbidden).await.is_empty());
        assert_eq!(admitted(&world).await, [false], "who may not come back stays known");

        world.clock.advance(i64::from(GONE) * DAY);
        sweep(&world, &retention).await;
        assert!(world.history(forbidden).await.is_empty(), "it goes on where it has stopped");
        assert_eq!(world.history(stays).await, ["arrived", "account_created"]);
        assert_eq!(admitted(&world).await, [false]);
    });
}

#[test]
fn mails_are_forgotten_once_what_they_were_for_is_over() {
    for_each_database(async |world: World| {
        let retention = Retention::new(None, Some(Days(MAILS)), None);
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.clock.advance(i64::from(MAILS) * DAY);
        activation::enter_address(&world.store, &world.environment, &user, "bo@acme.com", "en").await.unwrap();
        world.work().await;
        let left = async || {
            let proofs = proof::Entity::find().all(world.store.read()).await.unwrap();
            let secrets = proof_secret::Entity::find().all(world.store.read()).await.unwrap();
            (proofs.into_iter().map(|row| (row.email, row.open)).collect::<Vec<_>>(), secrets.len())
        };
        assert_eq!(left().await.0.len(), 2);
        world.clock.advance(1);
        sweep(&world, &retention).await;
        assert_eq!(left().await, (vec![("bo@acme.com".to_owned(), true)], 1));
        world.clock.advance(2 * i64::from(MAILS) * DAY);
        sweep(&world, &retention).await;
        assert_eq!(left().await.0.len(), 1, "it may still be confirmed by another mail");

        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        assert_eq!(left().await, (vec![], 0));
    });
}

#[test]
fn what_is_to_be_kept_for_good_is() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await.id;
        world.work().await;
        remove(&world, user, Comeback::Allowed).await;
        world.clock.advance(10_000 * DAY);
        sweep(&world, &Retention::new(None, None, None)).await;
        assert!(!world.history(user).await.is_empty() && admitted(&world).await == [true]);
    });
}

/// Of all partners, and more than are forgotten at once.
#[test]
fn what_was_done_long_ago_is_forgotten_by_the_audit_log() {
    for_each_database(async |world: World| {
        let retention = Retention::new(None, None, Some(Days(AUDIT)));
        let record = async |deed: Deed| {
            let work = world.store.work().await.unwrap();
            audit::record(&work, &world.environment, world.tenant, &Actor::Operator, (deed, None)).await.unwrap();
            work.commit().await.unwrap();
        };
        let kept = async || {
            let kept = audit_event::Entity::find().all(world.store.read()).await.unwrap();
            kept.into_iter().map(|row| row.deed).collect::<BTreeSet<_>>()
        };
        for _ in 0..501 {
            record(Deed::UsersExported).await;
        }
        world.clock.advance(i64::from(AUDIT) * DAY);
        record(Deed::UsersImported).await;
        sweep(&world, &retention).await;
        let [exported, imported] = [Deed::UsersExported, Deed::UsersImported].map(|deed| deed.as_str().to_owned());
        assert!(kept().await.contains(&exported), "not before its time is over");
        world.clock.advance(1);
        sweep(&world, &retention).await;
        assert_eq!(kept().await, BTreeSet::from([imported]));
    });
}
