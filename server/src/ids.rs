//! The ids of rows, each of a type of its own: the compiler tells a template's id from a subscriber's.
//!
//! They stand here and not in the domain because a query takes them as they are, and only the server knows how.

use std::{fmt, str::FromStr};

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, DeriveValueType,
        )]
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
    /// A partner's. Alone it opens nothing: queries want a [`crate::store::Tenant`].
    PartnerId
}
id! {
    /// An onboarding template's.
    TemplateId
}
id! {
    /// Somebody's who signs in to the hub.
    AdministratorId
}
id! {
    /// An API token's.
    ApiTokenId
}
id! {
    /// A customer's.
    CustomerId
}
id! {
    /// A billing report's.
    BillingReportId
}
id! {
    /// A webhook's.
    WebhookId
}
