//! What the engine makes of a target's answers.

use domain::{
    EmailAddress, Fault,
    lifecycle::Event,
    timestamp::{DAY, MINUTE, SECOND},
};
use server::{live::Topic, provisioning::activation, targets::Refusal};

use crate::support::{Act, Call, MAX_ATTEMPTS, World, fault, for_each_database};

#[test]
fn a_transient_failure_is_tried_again_later() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetUnavailable)), Act::Refuse(fault(Fault::TargetBusy))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;

        let waiting = world.find(user.id).await.unwrap();
        assert_eq!((waiting.status.as_str(), waiting.setback), ("provisioning", Some(41002)));
        assert_eq!(world.target.calls().len(), 1, "not again before its time");

        world.work_for_an_hour().await;
        let done = world.find(user.id).await.unwrap();
        assert_eq!((done.status.as_str(), done.setback), ("provisioned", None));
        assert_eq!(world.target.calls().len(), 3);
        assert_eq!(
            world.history(user.id).await,
            ["arrived", "attempt_postponed", "attempt_postponed", "account_created"]
        );
    });
}

#[test]
fn after_the_last_attempt_the_last_cause_is_shown_and_try_again_really_does() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let refuse = |fault| Act::Refuse(Refusal { detail: Some("503 overload".to_owned()), ..Refusal::from(fault) });
        world.target.plan(
            (1..MAX_ATTEMPTS).map(|_| refuse(Fault::TargetUnavailable)).chain([refuse(Fault::TargetUnauthorized)]),
        );
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work_for_an_hour().await;

        let failed = world.find(user.id).await.unwrap();
        assert_eq!(failed.status, "error");
        assert_eq!(world.fault(user.id).await, Some(Fault::TargetUnauthorized));
        assert_eq!(failed.fault_detail.as_deref(), Some("503 overload"));
        assert_eq!(failed.setback, None);
        assert_eq!(world.target.calls().len(), MAX_ATTEMPTS as usize);
        assert!(world.tasks().await.is_empty());

        activation::try_again(&world.store, &world.environment, &user).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[test]
fn a_permanent_failure_is_not_tried_again_by_itself() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work_for_an_hour().await;
        assert_eq!(world.fault(user.id).await, Some(Fault::PackageUnavailable));
        assert_eq!(world.target.calls().len(), 1);
    });
}

#[test]
fn a_target_that_asks_for_time_gets_it() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let busy = Refusal { retry_after: Some(10 * MINUTE), ..Refusal::from(Fault::TargetBusy) };
        world.target.plan([Act::Refuse(busy)]);
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.clock.advance(10 * MINUTE - 1);
        world.work().await;
        assert_eq!(world.target.calls().len(), 1);
        world.clock.advance(1);
        world.work().await;
        assert_eq!(world.target.calls().len(), 2);
    });
}

#[test]
fn a_lost_answer_does_not_make_a_second_account() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::WorkThenRefuse(fault(Fault::TargetTimeout))]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work_for_an_hour().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.accounts().await.len(), 1);
        let calls = world.target.calls();
        assert!(
            matches!(calls[..], [Call::Create(_), Call::Update(_)]),
            "the target was asked what had become of the account, and not to create it again: {calls:?}"
        );
    });
}

#[test]
fn a_target_that_works_on_it_is_asked_again_and_loses_no_attempts() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan((0..3 * MAX_ATTEMPTS).map(|_| Act::WorkOn));
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.clock.advance(30 * SECOND - 1);
        world.work().await;
        assert_eq!(world.target.calls().len(), 1, "not before the time that it named");
        for _ in 0..3 * MAX_ATTEMPTS {
            world.clock.advance(30 * SECOND);
            world.work().await;
        }
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.history(user.id).await, ["arrived", "account_created"]);
    });
}

#[test]
fn a_target_that_works_on_it_for_ever_is_an_error_in_the_end() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::WorkOn, Act::WorkOn, Act::WorkOn]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.clock.advance(DAY);
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioning", "a day is not over yet");
        world.clock.advance(MINUTE);
        world.work().await;
        assert_eq!(world.fault(user.id).await, Some(Fault::TargetTimeout));
    });
}

#[test]
fn what_a_target_works_on_is_not_late_because_it_waited_before() {
    for_each_database(async |world: World| {
        let template = world.template(|template| {
            template.verification = domain::template::UserVerification::Trusted;
            template.provision_admin_first = true;
        });
        let template = template.await;
        let administrator = world.arrive(&template, "1@sp.com", None).await;
        let held = world.arrive(&template, "2@sp.com", Some("bob@acme.com")).await;
        world.clock.advance(2 * DAY);
        world.apply(administrator.id, Event::Onboarded("ann@acme.com".parse().unwrap())).await.unwrap();
        world.target.plan([Act::Work, Act::WorkOn, Act::WorkOn]);
        world.work_for_an_hour().await;
        assert_eq!(world.status(held.id).await, "provisioned");
    });
}

#[test]
fn what_kept_an_attempt_up_is_over_once_the_target_works_on_it() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetUnavailable)), Act::WorkOn, Act::WorkOn]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        assert_eq!(world.find(user.id).await.unwrap().setback, Some(41002));
        let mut open_pages = world.live.listen(Topic::Template(template.id));
        world.clock.advance(MINUTE);
        world.work().await;
        assert_eq!(world.find(user.id).await.unwrap().setback, None);
        assert!(open_pages.try_recv().is_ok(), "nobody has told open pages");
    });
}

#[test]
fn consent_is_waited_for_and_then_the_account_is_made() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::AskConsent]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work_for_an_hour().await;
        assert_eq!(world.status(user.id).await, "pending_user_migration");
        assert!(world.accounts().await.is_empty());

        world.target.agree().await;
        world.clock.advance(MINUTE);
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        let history = world.history(user.id).await;
        assert_eq!(history, ["arrived", "consent_asked", "consent_given", "account_created"]);
    });
}

#[test]
fn without_consent_another_address_is_needed() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan([Act::AskConsent]);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.target.decline();
        world.clock.advance(MINUTE);
        world.work().await;
        assert_eq!(world.fault(user.id).await, Some(Fault::ConsentDeclined));

        world.apply(user.id, Event::Onboarded("bob@acme.com".parse().unwrap())).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[test]
fn a_target_that_panics_counts_as_a_failed_attempt() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.target.plan((0..MAX_ATTEMPTS).map(|_| Act::Panic));
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work_for_an_hour().await;
        assert_eq!(world.fault(user.id).await, Some(Fault::Internal));

        world.apply(user.id, Event::Retried).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
    });
}

#[test]
fn an_administrator_onboards_with_an_address_and_no_mail_is_sent() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", Some("typo@acme.com")).await;
        world.work().await;
        let email = EmailAddress::parse("ann@acme.com").unwrap();
        world.apply(user.id, Event::Onboarded(email)).await.unwrap();
        world.work().await;

        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(world.accounts().await[0].email, "ann@acme.com");
        assert_eq!(world.postman.letters().len(), 1, "only the one for the first address");
        assert_eq!(
            world.prove_by_link(&world.postman.last().token).await.unwrap_err().to_string(),
            Fault::LinkUsed.to_string()
        );
    });
}
