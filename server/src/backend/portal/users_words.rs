//! What a person at the portal is told of what went wrong: never what is meant for whoever looks after users, or calls the API.

use domain::Fault;

use crate::fault::Trouble;

/// Whether what was asked for does not fit the state that the subscriber is in.
pub(super) fn is_over(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::Known { fault, .. } if fault.is_of_the_hub())
}

/// The same trouble, as its reader can do something about it.
pub(super) fn in_users_words(trouble: Trouble) -> Trouble {
    match trouble {
        Trouble::Known { fault: Fault::UserIdTaken, .. } => Fault::NotInvited.into(),
        // Whoever is gone or somebody else meanwhile begins anew.
        Trouble::Known { fault, .. } if fault.is_of_the_hub() => Fault::SessionEnded.into(),
        // Nothing but what BroadWorks says of a user is checked as a client's input is.
        Trouble::Known { fault, .. } if !fault.is_shown_to_users() => Fault::ProfileUnusable.into(),
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_user_is_told_what_is_meant_for_administrators_or_clients() {
        for &fault in Fault::ALL {
            let Trouble::Known { fault: told, .. } = in_users_words(fault.into()) else { panic!("{fault:?}") };
            assert!(told.is_shown_to_users(), "{fault:?} {told:?}");
            assert!(told == fault || !fault.is_shown_to_users(), "{fault:?} {told:?}");
            assert_eq!(is_over(&fault.into()), fault.is_of_the_hub());
        }
    }
}
