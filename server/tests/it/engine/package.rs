//! Changing the package.

use domain::{EmailAddress, Fault, Package, lifecycle::Event};

use crate::support::{Act, Call, Refused as _, World, fault, for_each_database};

#[test]
fn a_provisioned_user_gets_another_package_at_the_target() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let updating = world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap().unwrap();
        assert_eq!((updating.lifecycle.status().as_str(), updating.package.as_str()), ("updating", "standard"));
        assert_eq!(
            world.apply(user.id, Event::PackageChanged(Package::Basic)).await.refused(),
            Fault::InProgress,
            "one change at a time"
        );
        world.work().await;

        let done = world.find(user.id).await.unwrap();
        assert_eq!((done.status.as_str(), done.package.as_str()), ("provisioned", "premium"));
        assert_eq!(world.accounts().await[0].package, "premium");
        assert_eq!(world.history(user.id).await, ["arrived", "account_created", "package_changed", "account_updated"]);
    });
}

#[test]
fn a_change_that_fails_leaves_the_old_package_and_can_be_retried() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        world.work().await;

        let failed = world.find(user.id).await.unwrap();
        assert_eq!((failed.status.as_str(), failed.package.as_str()), ("error", "standard"));
        world.apply(user.id, Event::Retried).await.unwrap();
        world.work().await;
        assert_eq!(world.find(user.id).await.unwrap().package, "premium");
    });
}

#[test]
fn a_package_changed_while_the_user_proves_the_address_leaves_the_mail_good() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        world.work().await;
        world.apply(user.id, Event::PackageChanged(Package::Basic)).await.unwrap();
        let token = world.postman.last().token;
        world.prove_by_link(&token).await.unwrap();
        world.work().await;

        assert_eq!(world.accounts().await[0].package, "basic");
        assert!(matches!(world.target.calls().as_slice(), [Call::Create(_)]));
    });
}

#[test]
fn a_package_changed_in_error_leaves_the_error_as_it_was() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let detail = Some("no licence".to_owned());
        world.target.plan([Act::Refuse(server::targets::Refusal { detail, ..Fault::PackageUnavailable.into() })]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let before = world.find(user.id).await.unwrap();
        world.apply(user.id, Event::PackageChanged(Package::Basic)).await.unwrap();
        let after = world.find(user.id).await.unwrap();
        assert_eq!(after.package, "basic");
        assert_eq!((after.fault_detail, after.tracking_id), (before.fault_detail, before.tracking_id));
    });
}

#[test]
fn since_when_a_user_stands_so_changes_with_the_status_alone() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let entered = Event::AddressEntered(EmailAddress::parse("ann@acme.com").unwrap());
        for (event, changes) in [(Event::PackageChanged(Package::Premium), false), (entered, true)] {
            world.clock.advance(1);
            let before = world.subscriber(user.id).await;
            let after = world.apply(user.id, event.clone()).await.unwrap().unwrap();
            let expected = if changes { world.environment.now() } else { before.status_changed_at };
            assert_eq!(after.status_changed_at, expected, "{event:?}");
        }
    });
}
