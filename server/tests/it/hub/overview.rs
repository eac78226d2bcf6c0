//! The overview: how users stand, day by day, and what needs somebody; each partner's own, and nobody is counted for it.

use app::{
    access::Guard as _,
    backend::{Overview as _, People as _},
    hub::model::{Day, Failing, Healthy, Post, Service},
};
use domain::{Fault, Permission, Role, lifecycle::Event, timestamp::DAY};
use sea_orm::DbBackend;
use server::{
    access::administrators,
    backend::hub::caller,
    statistics,
    store::{Store, Tenant, daily_count},
};

use super::{hub, user::ann};
use crate::{
    store::counters::walks,
    support::{Act, World, fault, for_each_database, returning, visitor},
};

async fn sweep(world: &World) {
    statistics::sweep(&world.store, world.environment.now()).await.unwrap();
}

fn last(healthy: &Healthy, days: usize) -> Vec<(u32, u32, u32, u32)> {
    let numbers = |day: &Day| (day.provisioned, day.pending, day.error, day.activated);
    healthy.days.iter().skip(healthy.days.len() - days).map(numbers).collect()
}

#[test]
fn the_overview_says_how_users_stood_day_by_day() {
    for_each_database(async |world: World| {
        let (hub, ann) = (hub(&world), ann(&world).await);
        let nothing = hub.overview(&ann).await.unwrap();
        assert_eq!((nothing.users.total, nothing.days.len(), nothing.speed), (0, 30, None));
        let (trusted, open) = (world.trusted().await, world.template(|_| ()).await);
        world.arrive(&trusted, "1@sp.com", Some("one@acme.com")).await;
        world.clock.advance(2_000);
        world.work().await;
        world.arrive(&open, "2@sp.com", None).await;
        sweep(&world).await;
        world.clock.advance(DAY);
        // Nobody writes the second day down, and in its night somebody is provisioned.
        world.arrive(&trusted, "3@sp.com", Some("three@acme.com")).await;
        world.clock.advance(4_000);
        world.work().await;
        world.clock.advance(DAY);
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        world.arrive(&trusted, "4@sp.com", Some("four@acme.com")).await;
        world.work().await;
        sweep(&world).await;
        let healthy = hub.overview(&ann).await.unwrap();
        assert_eq!(last(&healthy, 4), [(0, 0, 0, 0), (1, 1, 0, 1), (2, 1, 1, 1), (2, 1, 1, 0)]);
        let speed = healthy.speed.unwrap();
        assert_eq!((speed.of, speed.median >= 2_000, speed.most >= 4_000), (2, true, true), "{speed:?}");
        assert_eq!(healthy.errors, [Failing { fault: Fault::PackageUnavailable, users: 1, retry: true }]);
        assert_eq!(healthy.stuck.users, 0);
        world.clock.advance(4 * DAY);
        let healthy = hub.overview(&ann).await.unwrap();
        let stuck: Vec<_> = healthy.stuck.first.iter().map(|hit| hit.broadworks_id.as_str()).collect();
        assert_eq!((stuck, healthy.stuck.users, healthy.stuck.more), (vec!["2@sp.com", "4@sp.com"], 2, false));
        let services: Vec<_> = healthy.services.iter().map(|one| (one.service, one.waiting)).collect();
        assert_eq!(services, [(Service::Mail, 0), (Service::Accounts, 0)]);
        // What was swept twice is as it was.
        sweep(&world).await;
        sweep(&world).await;
        assert_eq!(last(&hub.overview(&ann).await.unwrap(), 1), [(2, 1, 1, 0)]);
    });
}

async fn days(store: &Store, tenant: Tenant) -> usize {
    daily_count::since(store.read(), tenant, 0).await.unwrap().len()
}

#[test]
fn each_sees_the_overview_of_their_own_customers() {
    for_each_database(async |world: World| {
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.trusted().await);
        world.arrive(&template, "1@sp.com", Some("one@acme.com")).await;
        world.work().await;
        sweep(&world).await;
        let other = world.other_partner().await;
        let (store, environment) = (&world.store, &world.environment);
        let eve = administrators::add(store, environment, other, "eve@sp.example", "nine quiet lighthouses").await;
        let foreign = hub.overview(&caller(eve.unwrap(), other)).await.unwrap();
        assert_eq!((foreign.users.total, foreign.speed, foreign.errors.len()), (0, None, 0));
        assert_eq!((days(store, other).await, days(store, world.tenant).await), (0, 1));

        // Whoever has assigned customers sees these, and no longer than they are.
        let assigned = |ids: &str| Post { role: Role::Administrator, assigned_only: true, customers: ids.to_owned() };
        let (pages, away) = (world.pages(), visitor("192.0.2.7"));
        let link = hub.invite(&ann, "ben@sp.example", assigned("SP1+acme")).await.unwrap().link;
        let session = hub.accept_invitation(&away, link.rsplit('/').next().unwrap(), "seven loud harbours").await;
        let session = returning(&away, &session.unwrap());
        let ben = pages.hub.administrator(&session, Permission::UsersRead).await.unwrap();
        let seen = async || {
            let healthy = hub.overview(&ben).await.unwrap();
            let drawn = healthy.days.iter().filter(|day| day.provisioned > 0).count();
            let activated = healthy.days.last().unwrap().activated;
            (healthy.users.provisioned, drawn, activated, healthy.speed.map_or(0, |speed| speed.of))
        };
        assert_eq!((seen().await, days(store, world.tenant).await), ((1, 1, 1, 1), 1));
        let id = hub.people(&ann).await.unwrap().last().unwrap().id;
        hub.change_person(&ann, id, assigned("")).await.unwrap();
        assert_eq!(seen().await, (0, 0, 0, 0));
    });
}

#[test]
fn the_overview_walks_through_nobody() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Sqlite {
            return;
        }
        let (world, heard) = world.overheard();
        let (hub, ann, template) = (hub(&world), ann(&world).await, world.template(|_| ()).await);
        let user = world.arrive(&template, "1@sp.com", None).await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        heard.statements();
        hub.overview(&ann).await.unwrap();
        // Who is stuck is counted up to a thousand.
        let walks = walks(&world, &heard).await;
        let bounded = |plan: &String| {
            // The partner's own templates, and what a bounded part of a list or a queue gave.
            !["SCAN some", "SCAN last", "SCAN first", "SCAN (subquery"].iter().any(|own| plan.contains(own))
        };
        assert_eq!(walks.into_iter().filter(bounded).collect::<Vec<_>>(), Vec::<String>::new());
    });
}
