//! Ids as tables keep them, and the one that nobody makes who has not read it from a table: the partner's.

use std::fmt;

use sea_orm::{
    ColIdx, DbErr, DeriveValueType, IntoActiveValue, QueryResult, Set, TryFromU64, TryGetError, TryGetable, Value,
    sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr},
};
use serde::{Deserialize, Deserializer, de::Error as _};
use uuid::Uuid;

pub use crate::ids::*;

/// A partner's. It proves whose a row is, so it is read from a table or comes from a [`super::Tenant`]: what a caller wrote never
/// becomes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, DeriveValueType)]
pub struct PartnerId(Uuid);

impl PartnerId {
    /// Of a new partner.
    pub(super) const fn new(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<PartnerId> for Uuid {
    fn from(id: PartnerId) -> Self {
        id.0
    }
}

impl fmt::Display for PartnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// From a table's cell alone, which is bytes: text comes from outside.
impl<'de> Deserialize<'de> for PartnerId {
    fn deserialize<D: Deserializer<'de>>(cell: D) -> Result<Self, D::Error> {
        if cell.is_human_readable() {
            return Err(D::Error::custom("a partner is not named from outside"));
        }
        Uuid::deserialize(cell).map(Self)
    }
}

/// What a table's key has to be able to say; only numbers can.
impl TryFromU64 for PartnerId {
    fn try_from_u64(_: u64) -> Result<Self, DbErr> {
        Err(DbErr::ConvertFromU64("PartnerId"))
    }
}

/// What SeaORM derives for a type that may know it.
macro_rules! stored {
    ($($name:ident),+ $(,)?) => {$(
        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                Uuid::from(id).into()
            }
        }

        impl TryGetable for $name {
            fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                Uuid::try_get_by(row, column).map(Self::from)
            }
        }

        impl ValueType for $name {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                <Uuid as ValueType>::try_from(value).map(Self::from)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> ArrayType {
                Uuid::array_type()
            }

            fn column_type() -> ColumnType {
                Uuid::column_type()
            }
        }

        impl Nullable for $name {
            fn null() -> Value {
                Uuid::null()
            }
        }

        impl IntoActiveValue<$name> for $name {
            fn into_active_value(self) -> sea_orm::ActiveValue<$name> {
                Set(self)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(_: u64) -> Result<Self, DbErr> {
                Err(DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    )+};
}

stored!(
    TemplateId,
    AdministratorId,
    AuditEventId,
    ApiTokenId,
    CustomerId,
    BillingReportId,
    WebhookId,
    SubscriberId,
    WorkspaceId,
    TaskId,
    ProofId,
    StepId,
    UsageId,
    BulkJobId,
    PasskeyId,
);

impl From<OwnerId> for Value {
    fn from(id: OwnerId) -> Self {
        Uuid::from(id).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partner_is_not_named_from_outside() {
        let id = serde_json::json!(Uuid::from_u128(7));
        assert_eq!(serde_json::from_value::<TemplateId>(id.clone()).unwrap(), Uuid::from_u128(7).into());
        assert!(serde_json::from_value::<PartnerId>(id).is_err());
    }
}
