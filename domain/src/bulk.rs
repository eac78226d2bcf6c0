//! Many changes at once: what a job does with its rows, and what becomes of them.

use serde::{Deserialize, Serialize};

use crate::{
    EmailAddress, Fault, Package,
    draft::Flaw,
    lifecycle::{Event, Lifecycle, Place, State},
};

/// How long a deletion that an administrator asked for waits before it begins, and can be taken back whole, in milliseconds.
pub const UNDO: i64 = 8_000;

/// What a job does with each of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Takes a subscriber in. One who is there stays as is.
    Create,
    /// Tries again to provision: with an address that the client vouches for, or the failed attempt as it was.
    Retry,
    /// Removes a subscriber.
    Delete,
    /// Gives a subscriber another package.
    ChangePackage,
    /// Moves a subscriber to another template.
    Move,
    /// Sends the mail that asks to prove the address once more.
    Resend,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 6] = [Self::Create, Self::Retry, Self::Delete, Self::ChangePackage, Self::Move, Self::Resend];

    /// Its name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Retry => "retry",
            Self::Delete => "delete",
            Self::ChangePackage => "changePackage",
            Self::Move => "move",
            Self::Resend => "resend",
        }
    }

    /// The action of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// What is to happen to a subscriber who is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Another attempt: with an address that is vouched for, or the failed one as it was.
    Retry(Option<EmailAddress>),
    /// To be gone.
    Delete,
    /// Another package.
    ChangePackage(Package),
    /// To be another template's, whose accounts are there; none if they are that template's already.
    Move(Option<Place>),
    /// Another mail to the same address.
    Resend,
}

impl Wish {
    /// What has to happen to a subscriber who stands so and has this package; nothing, if it has happened already.
    ///
    /// # Errors
    /// Why it cannot happen now.
    pub fn event(&self, lifecycle: &Lifecycle, package: Package) -> Result<Option<Event>, Fault> {
        let event = match self {
            Self::Retry(email) => Some(email.clone().map_or(Event::Retried, Event::Onboarded)),
            Self::Delete => {
                let removing = matches!(lifecycle.state, State::Removing(_));
                (!removing).then_some(Event::RemovalRequested)
            }
            Self::ChangePackage(wanted) => {
                let latest = lifecycle.wanted_package().unwrap_or(package);
                (latest != *wanted).then_some(Event::PackageChanged(*wanted))
            }
            Self::Move(place) => place.map(Event::Moved),
            Self::Resend => match &lifecycle.state {
                State::PendingEmailValidation(email) => Some(Event::AddressEntered(email.clone())),
                _ => return Err(Fault::NothingToRetry),
            },
        };
        match event.clone().map(|event| lifecycle.apply(event)) {
            Some(Err(Fault::AlreadyProvisioned)) => Ok(None),
            Some(Err(why)) => Err(why),
            Some(Ok(_)) | None => Ok(event),
        }
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// It was carried out: durably accepted, as a single call would be.
    Accepted,
    /// There was nothing to do: a repeated job does no harm.
    Unchanged,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Unchanged, Self::Refused];

    /// The outcome of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }

    /// Its name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The fault's code.
    pub code: u32,
    /// The name of the member that is wrong.
    pub field: Option<String>,
}

impl From<Fault> for RowError {
    fn from(fault: Fault) -> Self {
        Self { code: fault.code(), field: None }
    }
}

impl From<&Flaw> for RowError {
    fn from(flaw: &Flaw) -> Self {
        Self { code: flaw.fault.code(), field: flaw.field.map(|field| field.property().to_owned()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{lifecycle::arrive, template::UserVerification};

    #[test]
    fn a_wish_is_granted_where_it_fits_and_the_lifecycle_says_why_not() {
        let ann = EmailAddress::parse("ann@acme.com").unwrap();
        let new = arrive(UserVerification::Untrusted, None).lifecycle;
        let entered = new.apply(Event::AddressEntered(ann.clone())).unwrap().next.unwrap();
        let sent = |lifecycle: &Lifecycle| Wish::Resend.event(lifecycle, Package::Basic);
        assert_eq!(sent(&new), Err(Fault::NothingToRetry));
        assert_eq!(sent(&entered), Ok(Some(Event::AddressEntered(ann.clone()))));

        let begun = new.apply(Event::Onboarded(ann)).unwrap().next.unwrap();
        let package = |lifecycle: &Lifecycle, wanted| Wish::ChangePackage(wanted).event(lifecycle, Package::Basic);
        assert_eq!(package(&new, Package::Basic), Ok(None), "nothing to do");
        assert!(package(&new, Package::Premium).unwrap().is_some());
        assert_eq!(package(&begun, Package::Premium), Err(Fault::InProgress));
        assert_eq!(Wish::Retry(None).event(&begun, Package::Basic), Err(Fault::NothingToRetry));
        let failed = begun.apply(Event::AttemptFailed(Fault::TargetRefused)).unwrap().next.unwrap();
        assert_eq!(Wish::Retry(None).event(&failed, Package::Basic), Ok(Some(Event::Retried)));
        let done = begun.apply(Event::AccountCreated).unwrap().next.unwrap();
        let vouched = Wish::Retry(Some(EmailAddress::parse("bob@acme.com").unwrap()));
        assert_eq!(vouched.event(&done, Package::Basic), Ok(None), "it is too late for another address");
        let moved = |lifecycle: &Lifecycle, place| Wish::Move(place).event(lifecycle, Package::Basic);
        assert_eq!(moved(&done, None), Ok(None), "there already");
        assert_eq!(moved(&done, Some(Place::Same)), Ok(Some(Event::Moved(Place::Same))));
        assert_eq!(moved(&done, Some(Place::Other)), Err(Fault::AccountStays));
        assert_eq!(moved(&new, Some(Place::Other)), Ok(Some(Event::Moved(Place::Other))));
        let going = failed.apply(Event::RemovalRequested).unwrap().next.unwrap();
        assert_eq!(Wish::Delete.event(&going, Package::Basic), Ok(None), "it is going already");
    }

    #[test]
    fn names_round_trip() {
        for action in Action::ALL {
            assert_eq!(Action::parse(action.as_str()), Some(action));
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::parse(outcome.as_str()), Some(outcome));
        }
        assert_eq!((Action::parse("pending"), Outcome::parse("pending")), (None, None));
    }
}
