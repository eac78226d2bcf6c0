//! Coming back after having been deleted.

use app::{portal::PortalStep, visitor::PORTAL_SESSION};
use axum::http::StatusCode;
use domain::{BroadWorksId, Fault, lifecycle::Event};
use sea_orm::EntityTrait as _;
use server::{
    provisioning::{
        admission::Comeback,
        change::{self, Circumstances},
        flow_through, subscribers,
    },
    store::{Actor, Subscriber, SubscriberId, Template},
};

use crate::entity::{admission, subscriber};
use crate::support::{Act, BroadWorks, Person, World, cookie, fault, for_each_database};

const USER: &str = "1@sp.com";

/// A user whom somebody announced under a template on which nobody activates themselves, with an account.
async fn provisioned(world: &World, broadworks: &BroadWorks) -> (Template, Subscriber) {
    broadworks.put(USER, "Ann");
    let template = world.open_template(broadworks, |_| ()).await;
    let user = world.arrive(&template, USER, None).await;
    onboard(world, &mut world.person(&template), "ann@acme.com").await;
    (template, user)
}

async fn onboard(world: &World, person: &mut Person, email: &str) {
    world.clock.advance(1);
    person.sign_in(USER, "secret").await.unwrap();
    person.enter_address(email).await.unwrap();
    world.work().await;
    person.enter_code(&world.postman.last().code).await.unwrap();
    world.work().await;
}

/// As the hub does it.
async fn delete(world: &World, user: SubscriberId, comeback: Comeback) {
    let mut work = world.store.work().await.unwrap();
    let user = subscribers::lock(&work, world.tenant, user).await.unwrap();
    let (with, actor) = (Circumstances { comeback, ..Circumstances::default() }, Actor::Import);
    change::apply(&mut work, &world.environment, user, Event::RemovalRequested, &actor, with).await.unwrap();
    work.commit().await.unwrap();
}

async fn adapter_removes(world: &World, template: &Template) {
    let id = BroadWorksId::parse(USER).unwrap();
    flow_through::remove(&world.store, &world.environment, template, &id).await.unwrap();
}

async fn signs_in(world: &World, template: &Template) -> Result<(), Fault> {
    world.person(template).sign_in(USER, "secret").await
}

#[test]
fn who_is_being_removed_is_told_so() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (template, user) = provisioned(&world, &broadworks).await;
        delete(&world, user.id, Comeback::Allowed).await;
        let mut person = world.person(&template);
        person.sign_in(USER, "secret").await.unwrap();
        let (path, session) = (format!("/activate/{}", template.share_token), person.session.clone().unwrap());
        let session = format!("{}={session}", cookie(PORTAL_SESSION));
        world.target.plan([Act::Refuse(fault(Fault::TargetRefused))]);
        for _ in 0..2 {
            assert!(matches!(person.step().await, PortalStep::Removing { .. }));
            let page = world.site().await.get(&path, &session).await.body;
            assert!(page.contains("Your account is being removed") && page.contains("44004"), "{page}");
            assert!(!page.contains("could not be created"), "{page}");
            // The target refuses to.
            world.work().await;
        }
        assert_eq!(world.find(user.id).await.unwrap().status, "error");
    });
}

#[test]
fn whoever_was_deleted_can_onboard_again_as_broadworks_knows_them_now() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (template, user) = provisioned(&world, &broadworks).await;
        delete(&world, user.id, Comeback::Allowed).await;
        world.work().await;
        assert!(world.find(user.id).await.is_none() && world.accounts().await.is_empty());
        let kept = admission::Entity::find().all(world.store.read()).await.unwrap();
        assert_eq!(kept.iter().map(|row| row.user_id_key.as_str()).collect::<Vec<_>>(), [USER]);

        broadworks.put_at("SP2", USER, "Anna");
        onboard(&world, &mut world.person(&template), "anna@acme.com").await;
        let account = &world.accounts().await[0];
        assert_eq!((account.first_name.as_str(), account.email.as_str()), ("Anna", "anna@acme.com"));
        assert_eq!(world.customers().await.last().unwrap().sp_enterprise_id, "SP2+acme");
        assert_ne!(SubscriberId::from(account.external_id), user.id, "a new subscriber");
    });
}

#[test]
fn whoever_was_forbidden_to_comes_back_by_no_link_until_announced_again() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (template, user) = provisioned(&world, &broadworks).await;
        let open_to_all = world.open_template(&broadworks, |template| template.self_activation = true).await;
        delete(&world, user.id, Comeback::Forbidden).await;
        world.work().await;
        assert_eq!(signs_in(&world, &template).await, Err(Fault::NotInvited));
        assert_eq!(signs_in(&world, &open_to_all).await, Err(Fault::NotInvited));

        let again = world.arrive(&template, USER, None).await;
        signs_in(&world, &template).await.unwrap();
        delete(&world, again.id, Comeback::Allowed).await;
        signs_in(&world, &template).await.unwrap();
    });
}

#[test]
fn the_right_to_come_back_is_one_template_s() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (template, user) = provisioned(&world, &broadworks).await;
        let other = world.open_template(&broadworks, |_| ()).await;
        delete(&world, user.id, Comeback::Allowed).await;
        world.work().await;
        assert_eq!(signs_in(&world, &other).await, Err(Fault::NotInvited));

        let moved = world.arrive(&other, USER, None).await;
        delete(&world, moved.id, Comeback::Allowed).await;
        assert_eq!(signs_in(&world, &template).await, Err(Fault::NotInvited));
        signs_in(&world, &other).await.unwrap();
    });
}

#[test]
fn broadworks_takes_the_right_back_with_the_service() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (template, _) = provisioned(&world, &broadworks).await;
        adapter_removes(&world, &template).await;
        world.work().await;
        assert_eq!(signs_in(&world, &template).await, Err(Fault::NotInvited));

        // Deleted here first.
        let user = world.arrive(&template, USER, None).await;
        delete(&world, user.id, Comeback::Allowed).await;
        let other = world.open_template(&broadworks, |_| ()).await;
        adapter_removes(&world, &other).await;
        signs_in(&world, &template).await.expect("another template's adapter has no say in it");
        let user = subscriber::Entity::find().one(world.store.read()).await.unwrap().unwrap();
        delete(&world, user.id, Comeback::Allowed).await;
        adapter_removes(&world, &template).await;
        assert_eq!(signs_in(&world, &template).await, Err(Fault::NotInvited));

        let announced = world.arrive(&template, USER, None).await;
        adapter_removes(&world, &template).await;
        assert!(world.find(announced.id).await.is_none());
        let open_to_all = world.open_template(&broadworks, |template| template.self_activation = true).await;
        signs_in(&world, &open_to_all).await.expect("taken back is not forbidden");
    });
}

#[test]
fn broadworks_takes_the_right_back_even_while_the_account_is_being_removed() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (template, user) = provisioned(&world, &broadworks).await;
        world.target.plan([Act::Refuse(fault(Fault::TargetBusy))]);
        delete(&world, user.id, Comeback::Allowed).await;
        world.work().await;
        assert_eq!(world.status(user.id).await, "updating");
        adapter_removes(&world, &template).await;
        world.work_for_an_hour().await;
        assert!(world.find(user.id).await.is_none());
        assert_eq!(signs_in(&world, &template).await, Err(Fault::NotInvited));
    });
}

#[test]
fn the_api_leaves_the_right_unless_it_forbids() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put(USER, "Ann");
        let template = world.open_template(&broadworks, |_| ()).await;
        let client = world.client().await;
        for (query, comes_back) in [("", Ok(())), ("?forbid=true", Err(Fault::NotInvited)), ("?forbid=false", Ok(()))] {
            if subscriber::Entity::find().one(world.store.read()).await.unwrap().is_none() {
                world.arrive(&template, USER, None).await;
            }
            let listed = client.get(&format!("/v1/broadworks/subscribers?userId={USER}")).await;
            let path = format!("/v1/broadworks/subscribers/{}", listed.body["items"][0]["id"].as_str().unwrap());
            assert_eq!(client.delete(&format!("{path}{query}")).await.status, StatusCode::NO_CONTENT);
            assert_eq!(signs_in(&world, &template).await, comes_back, "{query}");
        }
    });
}
