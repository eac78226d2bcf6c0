//! Properties that hold on every path, found by random walks over all events.

use proptest::{prelude::*, sample::select};

use super::*;

mod states;

fn email() -> impl Strategy<Value = EmailAddress> {
    select(vec!["ann@acme.com", "Ann@acme.com", "bob@acme.com", "eve@other.example"])
        .prop_map(|typed| EmailAddress::parse(typed).expect("valid"))
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        3 => email().prop_map(Event::AddressEntered),
        1 => Just(Event::AddressWithdrawn),
        1 => Just(Event::ReminderDue),
        3 => (email(), select(vec![Proof::Link, Proof::Code])).prop_map(|(email, proof)| Event::AddressProven(email, proof)),
        1 => email().prop_map(Event::Onboarded),
        1 => Just(Event::Retried),
        3 => Just(Event::AccountCreated),
        1 => Just(Event::ConsentAsked),
        1 => Just(Event::ConsentGiven),
        1 => Just(Event::ConsentRequested),
        2 => Just(Event::AccountUpdated),
        1 => Just(Event::AccountRemoved),
        2 => select(Fault::ALL.to_vec()).prop_map(Event::AttemptFailed),
        1 => select(Package::ALL.to_vec()).prop_map(Event::PackageChanged),
        1 => select(Package::ALL.to_vec()).prop_map(Event::DetailsChanged),
        1 => select(vec![Place::Same, Place::Other]).prop_map(Event::Moved),
        1 => Just(Event::RemovalRequested),
    ]
}

fn arrival() -> impl Strategy<Value = (UserVerification, Option<EmailAddress>)> {
    (select(vec![UserVerification::Trusted, UserVerification::Untrusted]), proptest::option::of(email()))
}

/// Applies the events in turn and calls `check` with every state before and after.
fn walk(
    (verification, given): (UserVerification, Option<EmailAddress>),
    events: Vec<Event>,
    mut check: impl FnMut(&Lifecycle, &Event, &Transition),
) -> Option<Lifecycle> {
    let mut now = arrive(verification, given).lifecycle;
    for event in events {
        if let Ok(transition) = now.apply(event.clone()) {
            check(&now, &event, &transition);
            now = transition.next?;
        }
    }
    Some(now)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// The promise: nobody is provisioned with an address that was neither trusted, nor proven, nor vouched for.
    #[test]
    fn no_path_to_provisioned_without_a_proven_or_trusted_address(start in arrival(), events in prop::collection::vec(event(), 0..40)) {
        let mut vouched: Vec<String> = match &start {
            (UserVerification::Trusted, Some(email)) => vec![email.key()],
            _ => vec![],
        };
        walk(start, events, |before, event, transition| {
            match event {
                // A proof counts only for the very address that was entered last.
                Event::AddressProven(email, _) => {
                    assert_eq!(before.state, State::PendingEmailValidation(before.email().expect("entered").clone()));
                    assert_eq!(before.email().map(EmailAddress::key), Some(email.key()));
                    vouched.push(email.key());
                }
                Event::Onboarded(email) => vouched.push(email.key()),
                _ => {}
            }
            if let Some(Lifecycle { state: State::Provisioning(address) | State::Provisioned(address), .. }) = &transition.next {
                assert!(vouched.contains(&address.email().key()), "{event:?} let an unproven address through");
            }
        });
    }

    /// Every state can be left, and from every state a subscriber can still be provisioned or removed.
    #[test]
    fn every_state_can_be_left(start in arrival(), events in prop::collection::vec(event(), 0..40)) {
        if let Some(now) = walk(start, events, |_, _, _| {}) {
            let to_the_end = [
                now.apply(Event::RemovalRequested),
                now.apply(Event::AccountRemoved),
                now.apply(Event::Retried),
            ];
            prop_assert!(to_the_end.iter().any(|answer| matches!(answer, Ok(t) if t.next.as_ref() != Some(&now))));
        }
    }

    /// An account that may exist at the target is never forgotten: only its removal ends such a subscriber.
    #[test]
    fn no_account_is_orphaned(start in arrival(), events in prop::collection::vec(event(), 0..40)) {
        let mut sent = matches!(&start, (UserVerification::Trusted, Some(_)));
        walk(start, events, |before, event, transition| {
            sent |= transition.order == Some(Order::CreateAccount);
            if transition.next.is_none() {
                assert!(!sent || (matches!(before.state, State::Removing(_)) && *event == Event::AccountRemoved));
            }
        });
    }

    /// What is under way always has the order that carries it on.
    #[test]
    fn work_under_way_has_its_order(start in arrival(), events in prop::collection::vec(event(), 0..40)) {
        walk(start, events, |_, event, transition| {
            // Whoever is moved has had it since before.
            if matches!(event, Event::Moved(_)) {
                return assert_eq!(transition.order, None);
            }
            let expected = match transition.next.as_ref().map(|next| &next.state) {
                Some(State::Provisioning(_)) => Some(Order::CreateAccount),
                Some(State::Updating(..)) => Some(Order::UpdateAccount),
                Some(State::Removing(_)) => Some(Order::RemoveAccount),
                Some(State::PendingUserMigration(_)) if transition.package.is_none() => Some(Order::AwaitConsent),
                Some(State::PendingEmailValidation(_)) if transition.package.is_none() => Some(Order::SendProof),
                _ => None,
            };
            assert_eq!(transition.order, expected);
        });
    }

    /// What is stored is what was meant.
    #[test]
    fn records_restore(start in arrival(), events in prop::collection::vec(event(), 0..40)) {
        walk(start, events, |_, _, transition| {
            if let Some(next) = &transition.next {
                assert_eq!(next.record().restore().as_ref(), Ok(next));
            }
        });
    }
}

fn provisioned() -> Lifecycle {
    let start = arrive(UserVerification::Trusted, Some(EmailAddress::parse("ann@acme.com").expect("valid"))).lifecycle;
    start.apply(Event::AccountCreated).expect("provisioned").next.expect("stays")
}

#[test]
fn arrival_follows_the_template() {
    let ann = EmailAddress::parse("ann@acme.com").expect("valid");
    for verification in [UserVerification::Trusted, UserVerification::Untrusted] {
        let arrived = arrive(verification, None);
        assert_eq!((arrived.lifecycle.status(), arrived.order), (Status::PendingEmailInput, None));
    }
    let trusted = arrive(UserVerification::Trusted, Some(ann.clone()));
    assert_eq!((trusted.lifecycle.status(), trusted.order), (Status::Provisioning, Some(Order::CreateAccount)));
    let untrusted = arrive(UserVerification::Untrusted, Some(ann));
    assert_eq!(
        (untrusted.lifecycle.status(), untrusted.order),
        (Status::PendingEmailValidation, Some(Order::SendProof))
    );
}

#[test]
fn a_package_change_counts_only_when_the_target_has_it() {
    let changing = provisioned().apply(Event::PackageChanged(Package::Premium)).expect("updating");
    assert_eq!(changing.package, None, "the old package shows while updating");
    let changing = changing.next.expect("stays");
    assert_eq!(changing.status(), Status::Updating);
    assert_eq!(changing.apply(Event::AccountUpdated).expect("provisioned").package, Some(Package::Premium));
}

#[test]
fn a_user_who_never_reached_the_target_is_simply_gone() {
    let waiting = arrive(UserVerification::Untrusted, None).lifecycle;
    assert_eq!(waiting.apply(Event::RemovalRequested), Ok(GONE));
}

#[test]
fn a_failed_removal_is_retried_as_a_removal() {
    let removing = provisioned().apply(Event::RemovalRequested).expect("removing").next.expect("stays");
    let failed = removing.apply(Event::AttemptFailed(Fault::TargetUnavailable)).expect("error").next.expect("stays");
    assert_eq!(failed.apply(Event::Retried).expect("again").order, Some(Order::RemoveAccount));
    assert_eq!(failed.apply(Event::Onboarded(EmailAddress::parse("a@b.cd").expect("valid"))), Err(Fault::InProgress));
}

#[test]
fn contradictory_columns_are_refused() {
    let good = provisioned().record();
    assert!(good.restore().is_ok());
    for bad in [
        Record { proof: None, ..good.clone() },
        Record { email: None, ..good.clone() },
        Record { status: "error".into(), ..good.clone() },
        Record { status: "gone".into(), ..good.clone() },
        Record { fault: Some(41_001), ..good.clone() },
        Record { attempt: Some("create".into()), ..good.clone() },
        Record { at_target: "moon".into(), ..good },
    ] {
        assert_eq!(bad.restore(), Err(Contradiction), "{bad:?}");
    }
    let input = arrive(UserVerification::Untrusted, None).lifecycle.record();
    let address = Some("ann@acme.com".to_owned());
    for bad in [
        Record { email: address.clone(), ..input.clone() },
        Record { status: "pending_email_validation".into(), ..input.clone() },
        Record { status: "pending_email_validation".into(), email: address, proof: Some("link".into()), ..input },
    ] {
        assert_eq!(bad.restore(), Err(Contradiction), "{bad:?}");
    }
}
