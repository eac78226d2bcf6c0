//! Each state by itself: which events it takes, what follows from them, and what the others are told.

use super::*;
use crate::lifecycle::Actions;

/// Every state that a subscriber can stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Input,
    Validation,
    Migration,
    Provisioning,
    Provisioned,
    Updating,
    Removing,
    CreateFailed,
    UpdateFailed,
    RemoveFailed,
}

use Case::{
    CreateFailed, Input, Migration, Provisioned, Provisioning, RemoveFailed, Removing, UpdateFailed, Updating,
    Validation,
};

const ALL: [Case; 10] = [
    Input,
    Validation,
    Migration,
    Provisioning,
    Provisioned,
    Updating,
    Removing,
    CreateFailed,
    UpdateFailed,
    RemoveFailed,
];

fn ann() -> EmailAddress {
    EmailAddress::parse("ann@acme.com").expect("valid")
}

fn bob() -> EmailAddress {
    EmailAddress::parse("bob@acme.com").expect("valid")
}

fn after(now: &Lifecycle, event: Event) -> Lifecycle {
    now.apply(event).expect("fits").next.expect("stays")
}

/// Ann, who stands so.
fn lifecycle_of(case: Case) -> Lifecycle {
    let failed = |now: &Lifecycle| after(now, Event::AttemptFailed(Fault::TargetRefused));
    let input = arrive(UserVerification::Untrusted, None).lifecycle;
    let provisioning = arrive(UserVerification::Trusted, Some(ann())).lifecycle;
    match case {
        Input => input,
        Validation => after(&input, Event::AddressEntered(ann())),
        Migration => after(&provisioning, Event::ConsentAsked),
        Provisioning => provisioning,
        Provisioned => after(&provisioning, Event::AccountCreated),
        Updating => after(&lifecycle_of(Provisioned), Event::PackageChanged(Package::Premium)),
        Removing => after(&lifecycle_of(Provisioned), Event::RemovalRequested),
        CreateFailed => failed(&provisioning),
        UpdateFailed => failed(&lifecycle_of(Updating)),
        RemoveFailed => failed(&lifecycle_of(Removing)),
    }
}

/// The states that take an event, and what each of the others answers.
fn takes(event: &Event, taken: &[Case], refusal: impl Fn(Case) -> Fault) {
    for one in ALL {
        let answer = lifecycle_of(one).apply(event.clone());
        match taken.contains(&one) {
            true => assert!(answer.is_ok(), "{one:?} takes {event:?}"),
            false => assert_eq!(answer, Err(refusal(one)), "{one:?} does not take {event:?}"),
        }
    }
}

#[test]
fn an_address_can_be_named_until_an_account_is_being_made_with_one() {
    let refusal = |case| if case == Provisioned { Fault::AlreadyProvisioned } else { Fault::InProgress };
    let open = [Input, Validation, Migration, CreateFailed];
    takes(&Event::AddressEntered(bob()), &open, refusal);
    takes(&Event::AddressWithdrawn, &open, refusal);
    // An administrator may besides say with which address a change that has failed is tried again.
    takes(&Event::Onboarded(bob()), &[&open[..], &[UpdateFailed]].concat(), refusal);
    for one in open {
        assert_eq!(after(&lifecycle_of(one), Event::AddressEntered(bob())).state, State::PendingEmailValidation(bob()));
        assert_eq!(after(&lifecycle_of(one), Event::AddressWithdrawn).state, State::PendingEmailInput);
    }
}

#[test]
fn only_whoever_has_yet_to_prove_an_address_is_reminded() {
    takes(&Event::ReminderDue, &[Validation], |_| Fault::NothingToRetry);
    let reminded = lifecycle_of(Validation).apply(Event::ReminderDue).expect("taken");
    assert_eq!((reminded.next, reminded.order), (Some(lifecycle_of(Validation)), Some(Order::SendProof)));
}

#[test]
fn an_address_is_proven_only_while_it_is_the_one_that_was_entered_last() {
    takes(&Event::AddressProven(ann(), Proof::Code), &[Validation], |_| Fault::LinkUsed);
    takes(&Event::AddressProven(bob(), Proof::Code), &[], |_| Fault::LinkUsed);
    let upper = EmailAddress::parse("ANN@acme.com").expect("valid");
    let proven = after(&lifecycle_of(Validation), Event::AddressProven(upper, Proof::Link));
    let address = proven.proven().expect("proven");
    assert_eq!((address.email(), address.proof()), (&ann(), Proof::Link), "as it was entered");
}

#[test]
fn what_the_target_has_done_counts_only_for_what_it_was_asked() {
    let meanwhile = |_| Fault::ChangedMeanwhile;
    takes(&Event::AccountCreated, &[Provisioning], meanwhile);
    takes(&Event::ConsentAsked, &[Provisioning], meanwhile);
    takes(&Event::AccountUpdated, &[Updating], meanwhile);
    takes(&Event::AccountRemoved, &[Removing], meanwhile);
    let failed = Event::AttemptFailed(Fault::TargetRefused);
    takes(&failed, &[Migration, Provisioning, Updating, Removing], meanwhile);
    takes(&Event::ConsentGiven, &[Migration], |_| Fault::NothingToRetry);
    takes(&Event::ConsentRequested, &[Migration], |_| Fault::ConsentNotAwaited);
}

#[test]
fn a_retry_repeats_what_has_failed() {
    takes(&Event::Retried, &[CreateFailed, UpdateFailed, RemoveFailed], |_| Fault::NothingToRetry);
    for (failed, again, order) in [
        (CreateFailed, Provisioning, Order::CreateAccount),
        (UpdateFailed, Updating, Order::UpdateAccount),
        (RemoveFailed, Removing, Order::RemoveAccount),
    ] {
        let transition = lifecycle_of(failed).apply(Event::Retried).expect("again");
        assert_eq!((transition.next, transition.order), (Some(lifecycle_of(again)), Some(order)));
    }
    // Without an answer from the owner of the other account, what has failed is the creation.
    let unanswered = after(&lifecycle_of(Migration), Event::AttemptFailed(Fault::TargetRefused));
    assert_eq!(after(&unanswered, Event::Retried), lifecycle_of(Provisioning));
}

#[test]
fn a_failed_change_is_tried_again_with_the_address_that_an_administrator_names() {
    let onboarded = lifecycle_of(UpdateFailed).apply(Event::Onboarded(bob())).expect("fits");
    let next = onboarded.next.expect("stays");
    assert_eq!((next.wanted_package(), onboarded.order), (Some(Package::Premium), Some(Order::UpdateAccount)));
    let address = next.proven().expect("vouched for");
    assert_eq!((address.email(), address.proof()), (&bob(), Proof::Administrator));
}

#[test]
fn another_package_is_the_targets_to_give_only_where_there_is_an_account() {
    let busy = |_| Fault::InProgress;
    for event in [Event::PackageChanged(Package::Softphone), Event::DetailsChanged(Package::Softphone)] {
        let at_once = [Input, Validation, Migration, CreateFailed];
        takes(&event, &[&at_once[..], &[Provisioned, UpdateFailed]].concat(), busy);
        for one in at_once {
            let changed = lifecycle_of(one).apply(event.clone()).expect("fits");
            let same = Transition { next: Some(lifecycle_of(one)), order: None, package: Some(Package::Softphone) };
            assert_eq!(changed, same, "nothing else changes");
        }
        for one in [Provisioned, UpdateFailed] {
            let changing = lifecycle_of(one).apply(event.clone()).expect("fits");
            assert_eq!((changing.order, changing.package), (Some(Order::UpdateAccount), None));
            assert_eq!(changing.next.expect("stays").wanted_package(), Some(Package::Softphone));
        }
    }
}

#[test]
fn whoever_is_moved_stands_as_before_and_nobody_leaves_an_account_behind() {
    let busy = |_| Fault::InProgress;
    let movable = [Input, Validation, Migration, Provisioned, CreateFailed, UpdateFailed];
    takes(&Event::Moved(Place::Same), &movable, busy);
    takes(&Event::Moved(Place::Other), &[Input, Validation], |one| {
        if movable.contains(&one) { Fault::AccountStays } else { Fault::InProgress }
    });
    for one in movable {
        let moved = lifecycle_of(one).apply(Event::Moved(Place::Same)).expect("fits");
        assert_eq!(moved, Transition { next: Some(lifecycle_of(one)), order: None, package: None });
    }
    // An attempt may have left an account behind, although the user is asked for another address again.
    let withdrawn = after(&lifecycle_of(CreateFailed), Event::AddressWithdrawn);
    assert_eq!(withdrawn.apply(Event::Moved(Place::Other)), Err(Fault::AccountStays));
}

#[test]
fn whoever_is_not_on_the_way_out_can_be_removed_and_the_target_hears_of_it_if_it_may_hold_something() {
    takes(&Event::RemovalRequested, &ALL.into_iter().filter(|one| *one != Removing).collect::<Vec<_>>(), |_| {
        Fault::InProgress
    });
    for one in ALL.into_iter().filter(|one| *one != Removing) {
        let before = lifecycle_of(one);
        let removed = before.apply(Event::RemovalRequested).expect("fits");
        let unknown_to_it = matches!(one, Input | Validation);
        assert_eq!(removed == GONE, unknown_to_it, "{one:?}");
        if let Some(next) = removed.next {
            assert_eq!((next.at_target, removed.order), (before.at_target, Some(Order::RemoveAccount)));
            assert_eq!(next.state, State::Removing(Some(ann())));
        }
    }
    // Somebody who withdraws the address after the target was asked is not unknown to it.
    let withdrawn = after(&lifecycle_of(CreateFailed), Event::AddressWithdrawn);
    assert_eq!(after(&withdrawn, Event::RemovalRequested).state, State::Removing(None));
}

#[test]
fn what_is_known_of_an_account_only_grows_until_it_is_removed() {
    for one in ALL {
        let expected = match one {
            Input | Validation => AtTarget::Nothing,
            Migration | Provisioning | CreateFailed => AtTarget::Perhaps,
            Provisioned | Updating | Removing | UpdateFailed | RemoveFailed => AtTarget::Account,
        };
        assert_eq!(lifecycle_of(one).at_target, expected, "{one:?}");
    }
    assert_eq!(after(&lifecycle_of(CreateFailed), Event::AddressEntered(bob())).at_target, AtTarget::Perhaps);
}

#[test]
fn a_state_shows_its_status_its_address_and_its_fault() {
    for one in ALL {
        let now = lifecycle_of(one);
        let status = match one {
            Input => Status::PendingEmailInput,
            Validation => Status::PendingEmailValidation,
            Migration => Status::PendingUserMigration,
            Provisioning => Status::Provisioning,
            Provisioned => Status::Provisioned,
            Updating | Removing => Status::Updating,
            CreateFailed | UpdateFailed | RemoveFailed => Status::Error,
        };
        assert_eq!(now.status(), status, "{one:?}");
        assert_eq!(now.email(), (one != Input).then(ann).as_ref(), "{one:?}");
        // Whoever goes needs no proof any more.
        let unproven = matches!(one, Input | Validation | Removing | RemoveFailed);
        assert_eq!(now.proven().is_none(), unproven, "{one:?}");
        assert_eq!(now.fault(), (status == Status::Error).then_some(Fault::TargetRefused), "{one:?}");
        let wanted = matches!(one, Updating | UpdateFailed).then_some(Package::Premium);
        assert_eq!(now.wanted_package(), wanted, "{one:?}");
    }
}

#[test]
fn an_administrator_is_offered_what_would_be_taken() {
    for one in ALL {
        let now = lifecycle_of(one);
        let would_be_taken = |event| now.apply(event).is_ok();
        let offered = Actions {
            onboard: would_be_taken(Event::Onboarded(bob())),
            retry: would_be_taken(Event::Retried),
            remove: would_be_taken(Event::RemovalRequested),
            change_package: would_be_taken(Event::PackageChanged(Package::Basic)),
            relocate: would_be_taken(Event::Moved(Place::Same)),
        };
        assert_eq!(now.actions(), offered, "{one:?}");
    }
    assert_eq!(lifecycle_of(Removing).actions(), Actions::default());
}
