//! Many changes at once: what a job does with its rows, and what becomes of them.

use serde::{Deserialize, Serialize};

use crate::{Fault, draft::Flaw};

/// What a job does with each of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Takes a subscriber in. One who is there stays as is.
    Create,
    /// Tries again to provision: with an address that the client vouches for, or the failed attempt as it was.
    Retry,
    /// Removes a subscriber.
    Delete,
    /// Gives a subscriber another package.
    ChangePackage,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 4] = [Self::Create, Self::Retry, Self::Delete, Self::ChangePackage];

    /// Its name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Retry => "retry",
            Self::Delete => "delete",
            Self::ChangePackage => "changePackage",
        }
    }

    /// The action of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
