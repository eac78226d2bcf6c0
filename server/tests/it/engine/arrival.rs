//! How subscribers come in.

use domain::{Fault, SpEnterpriseId, Status, lifecycle::Event, template::UserVerification};
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, PaginatorTrait as _, Statement};
use server::{
    live::{News, Topic},
    provisioning::arrival::arrive,
    store::{Actor, SubscriberId},
    templates::{self, Outcome},
};

use crate::entity::subscriber;
use crate::support::{Refused as _, World, for_each_database, new_subscriber};

#[test]
fn without_an_address_a_subscriber_waits_for_one() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let arrived = world.arrive(&template, "95547321@sp.com", None).await;
        world.work_for_an_hour().await;

        assert_eq!(world.status(arrived.id).await, "pending_email_input");
        assert_eq!(world.history(arrived.id).await, ["arrived"]);
        assert!(world.tasks().await.is_empty() && world.accounts().await.is_empty());
    });
}

#[test]
fn a_trusted_address_goes_straight_to_provisioning() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let arrived = world.arrive(&template, "95547321@sp.com", Some("ann@acme.com")).await;
        assert_eq!(arrived.lifecycle.status(), Status::Provisioning);
        world.work().await;

        let provisioned = world.find(arrived.id).await.unwrap();
        let accounts = world.accounts().await;
        assert_eq!(provisioned.status, "provisioned");
        assert_eq!(accounts.len(), 1);
        assert_eq!(SubscriberId::from(accounts[0].external_id), arrived.id);
        assert_eq!(provisioned.person_id, Some(accounts[0].id.to_string()));
        assert_eq!(world.history(arrived.id).await, ["arrived", "account_created"]);
        assert!(world.tasks().await.is_empty());
        assert!(world.postman.letters().is_empty());
    });
}

#[test]
fn an_untrusted_address_has_to_be_proven_first() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let arrived = world.arrive(&template, "95547321@sp.com", Some("ann@acme.com")).await;
        world.work_for_an_hour().await;

        assert_eq!(world.status(arrived.id).await, "pending_email_validation");
        assert_eq!(world.postman.letters().len(), 1);
        assert_eq!(world.postman.last().proof.email.as_str(), "ann@acme.com");
        assert!(world.accounts().await.is_empty());
    });
}

#[test]
fn a_customer_is_created_with_its_first_subscriber_and_only_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let first = world.arrive(&template, "1@sp.com", None).await;
        let second = world.arrive(&template, "2@sp.com", None).await;
        let mut elsewhere = new_subscriber("3@sp.com", None);
        elsewhere.sp_enterprise_id = SpEnterpriseId::parse("SP1+other").unwrap();
        let third = world.try_arrive(&template, elsewhere).await.unwrap();

        let customers = world.customers().await;
        assert_eq!(
            customers.iter().map(|customer| customer.sp_enterprise_id.as_str()).collect::<Vec<_>>(),
            ["SP1+acme", "SP1+other"]
        );
        assert_eq!(customers[0].administrator_id, Some(first.id));
        assert_eq!(
            [first.customer_id, second.customer_id, third.customer_id],
            [customers[0].id, customers[0].id, customers[1].id]
        );
    });
}

#[test]
fn a_repeated_arrival_is_refused_and_changes_nothing() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let arrived = world.arrive(&template, "Ann@sp.com", Some("ann@acme.com")).await;
        let before = (world.find(arrived.id).await, world.tasks().await, world.customers().await);

        let mut again = new_subscriber("ANN@SP.COM", Some("other@acme.com"));
        again.sp_enterprise_id = SpEnterpriseId::parse("SP1+other").unwrap();
        assert_eq!(world.try_arrive(&template, again).await.refused(), Fault::UserIdTaken);

        assert_eq!((world.find(arrived.id).await, world.tasks().await, world.customers().await), before);
        assert_eq!(world.history(arrived.id).await, ["arrived"]);
    });
}

#[test]
fn of_many_who_arrive_at_once_as_the_same_user_one_is_taken() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let arrivals = (0..8).map(|_| world.try_arrive(&template, new_subscriber("1@sp.com", Some("ann@acme.com"))));
        let taken = futures::future::join_all(arrivals).await.into_iter().filter(Result::is_ok).count();

        assert_eq!(taken, 1);
        assert_eq!((world.tasks().await.len(), world.customers().await.len()), (1, 1));
    });
}

#[test]
fn another_partner_may_have_a_user_of_the_same_id() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let other = world.other_partner().await;
        let theirs = world.template(|template| template.partner_id = other.partner()).await;
        world.arrive(&template, "1@sp.com", None).await;
        world.arrive(&theirs, "1@sp.com", None).await;
        assert_eq!(world.customers().await.len(), 2);
    });
}

#[test]
fn whoever_arrives_while_a_template_is_deleted_has_one_or_is_refused() {
    for_each_database(async |world: World| {
        let gone = world.trusted().await;
        assert_eq!(templates::delete(&world.store, &world.environment, &gone).await.unwrap(), Outcome::Done(()));
        let late = world.try_arrive(&gone, new_subscriber("1@sp.com", None)).await;
        assert_eq!(late.refused(), Fault::UnknownProvisioningId);
        assert_eq!(subscriber::Entity::find().count(world.store.read()).await.unwrap(), 0);

        let kept = world.trusted().await;
        let mut work = world.store.work().await.unwrap();
        arrive(&mut work, &world.environment, &kept, new_subscriber("2@sp.com", None), &Actor::Import).await.unwrap();
        let deletion = tokio::spawn({
            let (store, environment, template) = (world.store.clone(), world.environment.clone(), kept.clone());
            async move { templates::delete(&store, &environment, &template).await }
        });
        // Without waiting for the arrival it would be done by now.
        while world.store.backend() == DbBackend::Postgres && !deletion.is_finished() {
            let waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
            if world
                .store
                .read()
                .query_one_raw(Statement::from_string(DbBackend::Postgres, waiting))
                .await
                .unwrap()
                .is_some()
            {
                break;
            }
        }
        work.commit().await.unwrap();
        assert_eq!(deletion.await.unwrap().unwrap(), Outcome::InUse(1));
    });
}

#[test]
fn the_page_of_whoever_succeeds_the_administrator_hears_that_nobody_is_waited_for() {
    for_each_database(async |world: World| {
        let template = world
            .template(|template| {
                (template.verification, template.provision_admin_first) = (UserVerification::Trusted, true);
            })
            .await;
        let first = world.arrive(&template, "1@sp.com", None).await;
        let second = world.arrive(&template, "2@sp.com", Some("2@acme.com")).await;
        world.work().await;
        assert_eq!(world.status(second.id).await, "provisioning", "it waits for the first");
        let mut page = world.live.listen(Topic::Subscriber(second.id));
        world.apply(first.id, Event::RemovalRequested).await.unwrap();
        assert!(matches!(page.try_recv(), Ok(News::Changed(change)) if change.subscriber == second.id));
        world.work().await;
        assert_eq!(world.status(second.id).await, "provisioned");
    });
}
