//! The ids of what the hub shows, each of a type of its own: the compiler tells a template's id from a user's. On the wire and in
//! addresses they are text.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(written: &str) -> Result<Self, uuid::Error> {
                written.parse().map(Self)
            }
        }
    };
}

id! {
    /// A user's.
    UserId
}
id! {
    /// A customer's.
    CustomerId
}
id! {
    /// An onboarding template's.
    TemplateId
}
id! {
    /// Of somebody who signs in to the hub.
    PersonId
}
id! {
    /// A bulk job's.
    JobId
}
id! {
    /// An API token's.
    TokenId
}
id! {
    /// Of a step of a user's history.
    StepId
}
