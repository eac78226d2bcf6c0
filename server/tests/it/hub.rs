//! The hub's rows: what they tell about users who wait.

mod branding;
mod deletions;
mod jobs;
mod memory;
mod moving;
mod overview;
mod tags;
mod user;
mod views;
mod webhooks;

use std::sync::Arc;

use app::{
    backend::{Administrator, Customers as _, Users as _},
    hub::model::{Cursor, Page, UnderWay, UserFilter, UserRow},
};
use domain::{
    Fault, Status,
    lifecycle::{Event, Order},
    template::SelfProvisioning,
};
use server::{
    access::administrators,
    backend::hub::{HubService, caller},
    store::Template,
};
use uuid::Uuid;

use crate::support::{Act, PUBLIC_URL, World, fault, for_each_database};

fn hub(world: &World) -> HubService {
    HubService(world.context(Arc::default()))
}

fn administrator(world: &World) -> Administrator {
    caller(Uuid::nil().into(), world.tenant)
}

/// The only row of a template's list.
async fn row(world: &World, template: &Template) -> UserRow {
    let id = template.id.into();
    let status = hub(world).user_status(&administrator(world), id, UserFilter::default(), Cursor::Start).await.unwrap();
    let [row] = &status.page.rows[..] else { panic!("{} rows", status.page.rows.len()) };
    row.clone()
}

fn link(template: &Template) -> String {
    format!("{PUBLIC_URL}/activate/{}", template.share_token)
}

#[test]
fn who_waits_for_another_attempt_is_shown_with_its_cause() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetUnavailable)), Act::Refuse(fault(Fault::TargetBusy))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let waits = |attempts, setback| UnderWay { order: Order::CreateAccount, attempts, setback, again: None };
        assert_eq!(row(&world, &template).await.under_way, Some(waits(0, None)));

        // A target that is busy costs no attempt.
        for (attempts, setback) in [(1, Fault::TargetUnavailable), (1, Fault::TargetBusy)] {
            world.work().await;
            let row = row(&world, &template).await;
            assert_eq!((row.status, row.requirement, row.problem), (Status::Provisioning, None, None));
            let again = row.under_way.and_then(|under_way| under_way.again).expect("when it is tried again");
            assert!(again > world.environment.now());
            assert_eq!(row.under_way, Some(UnderWay { again: Some(again), ..waits(attempts, Some(setback)) }));
            let export = crate::export::export(&world, crate::export::everyone(&world, &template)).await;
            assert!(export.contains(&format!(",provisioning,,{},{}", setback.code(), setback.cause())), "{export}");
            world.clock.advance(again.since(world.environment.now()));
        }

        world.work().await;
        let done = row(&world, &template).await;
        assert_eq!((done.status, done.under_way), (Status::Provisioned, None));
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        let removed = row(&world, &template).await;
        assert_eq!(removed.under_way.map(|under_way| under_way.order), Some(Order::RemoveAccount));
    });
}

#[test]
fn a_row_says_whose_it_is_and_whether_the_portal_is_open() {
    for_each_database(async |world: World| {
        let trusted = world.trusted().await;
        world.arrive(&trusted, "1@sp.com", None).await;
        let row_of_trusted = row(&world, &trusted).await;
        assert!(!row_of_trusted.portal_open);
        assert_eq!((row_of_trusted.template, row_of_trusted.enterprise_id), (trusted.name, "SP1+acme".to_owned()));

        let untrusted = world.template(|template| template.share_link = link(template)).await;
        world.arrive(&untrusted, "2@sp.com", Some("two@acme.com")).await;
        let row_of_untrusted = row(&world, &untrusted).await;
        assert!(row_of_untrusted.portal_open);
        assert_eq!(row_of_untrusted.under_way.map(|under_way| under_way.order), Some(Order::SendProof));
    });
}

#[test]
fn a_template_is_broken_only_for_what_it_is_meant_to_do() {
    for_each_database(async |world: World| {
        let trusted = world.trusted().await;
        let customer = world.arrive(&trusted, "1@sp.com", None).await.customer_id.into();
        let self_activation = world
            .template(|template| {
                template.verification = domain::template::UserVerification::Trusted;
                template.self_activation = true;
            })
            .await;
        world.arrive(&self_activation, "2@sp.com", None).await;
        let right = world.template(|template| template.share_link = link(template)).await;
        world.arrive(&right, "3@sp.com", None).await;
        let wrong = world.template(|_| ()).await;
        world.arrive(&wrong, "4@sp.com", None).await;

        let found = hub(&world).customer_templates(&administrator(&world), customer).await.unwrap();
        for (template, expected) in [
            (trusted, SelfProvisioning::NotNeeded),
            (self_activation, SelfProvisioning::Broken),
            (right, SelfProvisioning::Possible),
            (wrong, SelfProvisioning::Broken),
        ] {
            let row = found.templates.iter().find(|row| row.id == template.id.into()).expect("a row");
            assert_eq!(row.self_provisioning, expected);
        }
    });
}

#[test]
fn a_list_is_paged_by_key_in_both_directions() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        for number in 0..103 {
            world.arrive(&template, &format!("{number}@sp.com"), None).await;
        }
        let (hub, administrator, id) = (hub(&world), administrator(&world), template.id.into());
        let read = async |cursor: Cursor| {
            let status = hub.user_status(&administrator, id, UserFilter::default(), cursor).await.unwrap();
            let Page { rows, previous, next } = status.page;
            (rows.into_iter().map(|row| row.broadworks_id).collect::<Vec<_>>(), previous, next)
        };
        let numbered = |numbers: std::ops::Range<u32>| numbers.rev().map(|n| format!("{n}@sp.com")).collect::<Vec<_>>();

        let (first, none, next) = read(Cursor::Start).await;
        assert_eq!((&first, none), (&numbered(53..103), None));
        let (second, to_first, next) = read(Cursor::After(next.unwrap())).await;
        assert_eq!(second, numbered(3..53));
        let (last, to_second, none) = read(Cursor::After(next.clone().unwrap())).await;
        assert_eq!((last, none), (numbered(0..3), None));
        assert_eq!(read(Cursor::Before(to_second.clone().unwrap())).await, (second.clone(), to_first.clone(), next));
        assert_eq!(read(Cursor::Before(to_first.unwrap())).await.0, first);

        // From where less than a page is left the way back leads to the whole first one, and no link to an empty one.
        let beginning = read(Cursor::Start).await;
        let tenth = {
            let status = hub.user_status(&administrator, id, UserFilter::default(), Cursor::Start).await.unwrap();
            status.page.rows[9].id.to_string()
        };
        assert_eq!(read(Cursor::Before(tenth)).await, beginning);
        assert_eq!(read(Cursor::After(Uuid::nil().to_string())).await, beginning);
        let invalid = hub.user_status(&administrator, id, UserFilter::default(), Cursor::Before("none".to_owned()));
        assert_eq!(invalid.await.unwrap_err().fault, Fault::NotFound);
    });
}

#[test]
fn what_is_no_id_names_nothing_in_an_address_and_is_no_argument_of_a_call() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let (store, environment) = (&world.store, &world.environment);
        let ann = administrators::add(store, environment, world.tenant, "ann@sp.example", "nine quiet lighthouses");
        let (site, cookie) = (world.site().await, world.hub_cookie(ann.await.unwrap()).await);
        let (template, nobody) = (template.id.to_string(), Uuid::nil().to_string());
        for page in [
            "users/x",
            "jobs/x",
            "customers/x",
            "customers/x/people",
            "templates/x",
            "templates/x/users",
            "templates/x/import",
            &format!("templates/{template}?customer=x"),
            &format!("templates/{template}/users?customer="),
            &format!("templates/{template}/import?customer=x"),
            &format!("users/{nobody}"),
        ] {
            assert_eq!(site.get(&format!("/hub/{page}"), &cookie).await.status, 404, "{page}");
        }
        assert_eq!(site.get(&format!("/hub/templates/{template}"), &cookie).await.status, 200);
        for (id, status) in [("x", 400), (nobody.as_str(), 404)] {
            assert_eq!(site.post("/api/hub/user", &cookie, &format!("user={id}")).await.status, status, "{id}");
        }
    });
}
