//! Whose turn it is: Provision Admin First, and fairness between customers.

use domain::{Fault, SpEnterpriseId, lifecycle::Event, template::UserVerification};
use server::store::{SubscriberId, Template};

use crate::support::{Act, Call, World, fault, for_each_database, new_subscriber};

async fn admin_first(world: &World) -> Template {
    world
        .template(|template| {
            template.verification = UserVerification::Trusted;
            template.provision_admin_first = true;
        })
        .await
}

#[test]
fn others_wait_until_the_administrator_is_provisioned() {
    for_each_database(async |world: World| {
        let template = admin_first(&world).await;
        let first = world.arrive(&template, "1@sp.com", None).await;
        let second = world.arrive(&template, "2@sp.com", Some("two@acme.com")).await;
        let third = world.arrive(&template, "3@sp.com", Some("three@acme.com")).await;
        world.work_for_an_hour().await;
        assert_eq!(world.status(second.id).await, "provisioning");
        assert!(world.target.calls().is_empty());

        world.apply(first.id, Event::Onboarded("one@acme.com".parse().unwrap())).await.unwrap();
        world.work().await;
        for user in [first.id, second.id, third.id] {
            assert_eq!(world.status(user).await, "provisioned");
        }
        let customer = &world.customers().await[0];
        assert!(customer.administrator_ready && customer.administrator_id == Some(first.id));
        let administrators: Vec<_> =
            world.accounts().await.into_iter().filter(|account| account.administrator).collect();
        assert_eq!(
            administrators.iter().map(|account| account.external_id.into()).collect::<Vec<SubscriberId>>(),
            [first.id]
        );

        let late = world.arrive(&template, "4@sp.com", Some("four@acme.com")).await;
        world.work().await;
        assert_eq!(world.status(late.id).await, "provisioned");
    });
}

#[test]
fn when_the_administrator_fails_the_others_keep_waiting() {
    for_each_database(async |world: World| {
        let template = admin_first(&world).await;
        world.target.plan([Act::Refuse(fault(Fault::TargetRefused))]);
        let first = world.arrive(&template, "1@sp.com", Some("one@acme.com")).await;
        let second = world.arrive(&template, "2@sp.com", Some("two@acme.com")).await;
        world.work_for_an_hour().await;
        assert_eq!(world.status(first.id).await, "error");
        assert_eq!(world.status(second.id).await, "provisioning");

        world.apply(first.id, Event::Retried).await.unwrap();
        world.work().await;
        assert_eq!(world.status(second.id).await, "provisioned");
    });
}

#[test]
fn a_deleted_administrator_is_succeeded_by_the_next_who_arrived() {
    for_each_database(async |world: World| {
        let template = admin_first(&world).await;
        let first = world.arrive(&template, "1@sp.com", None).await;
        let second = world.arrive(&template, "2@sp.com", Some("two@acme.com")).await;
        let third = world.arrive(&template, "3@sp.com", Some("three@acme.com")).await;
        world.apply(first.id, Event::RemovalRequested).await.unwrap();
        world.work().await;
        for user in [second.id, third.id] {
            assert_eq!(world.status(user).await, "provisioned");
        }
        assert_eq!(world.customers().await[0].administrator_id, Some(second.id));
    });
}

#[test]
fn after_the_last_user_is_gone_the_next_to_arrive_becomes_administrator() {
    for_each_database(async |world: World| {
        let template = admin_first(&world).await;
        let first = world.arrive(&template, "1@sp.com", None).await;
        world.apply(first.id, Event::RemovalRequested).await.unwrap();
        assert_eq!(world.customers().await[0].administrator_id, None);
        let second = world.arrive(&template, "2@sp.com", Some("two@acme.com")).await;
        world.work().await;
        assert_eq!(world.status(second.id).await, "provisioned");
    });
}

#[test]
fn a_customer_with_many_users_does_not_hold_up_another_ones_single_user() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        for number in 0..30 {
            world.arrive(&template, &format!("{number}@sp.com"), Some(&format!("u{number}@acme.com"))).await;
        }
        let mut single = new_subscriber("single@sp.com", Some("single@other.com"));
        single.sp_enterprise_id = SpEnterpriseId::parse("SP1+other").unwrap();
        let single = world.try_arrive(&template, single).await.unwrap();
        world.work().await;
        let turn = world.target.calls().iter().position(|call| match call {
            Call::Create(account) => account.identity.external_id == single.id.into(),
            _ => false,
        });
        assert!(turn.is_some_and(|turn| turn < 10), "{turn:?}");
        assert_eq!(world.accounts().await.len(), 31);
    });
}
