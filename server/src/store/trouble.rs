//! How a failure travels through the server until somebody answers it.

use domain::Fault;
use sea_orm::DbErr;
use uuid::Uuid;

use super::interruption;

/// After how many milliseconds to try again when the database cannot be used.
const INTERRUPTION: i64 = 2_000;

/// A row holds what was never written: by a later version, or by somebody with a shell. It is its owner's trouble: whoever
/// wants that very row hears of it, and lists go on without it (`store/row.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{column} of {table} {id} cannot be read")]
pub struct Unreadable {
    /// Of which table.
    pub table: &'static str,
    /// Its id.
    pub id: Uuid,
    /// What cannot be understood.
    pub column: &'static str,
}

/// Either a fault of the catalogue, which is somebody's to fix, or an accident, which is ours.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Something the catalogue knows; `retry_after` in milliseconds.
    #[error("{fault}")]
    Known {
        /// Which fault.
        fault: Fault,
        /// Milliseconds after which trying again makes sense.
        retry_after: Option<i64>,
    },
    /// The database cannot be used now. The store has told the log.
    #[error("database: {0}")]
    Interrupted(DbErr),
    /// The database refused something.
    #[error("database: {0}")]
    Database(DbErr),
    /// A row holds what was never written.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Known { fault, retry_after: None }
    }
}

impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Self {
        if interruption(&error).is_some() { Self::Interrupted(error) } else { Self::Database(error) }
    }
}

impl Trouble {
    /// A fault that passes by itself in so many milliseconds.
    #[must_use]
    pub const fn wait(fault: Fault, retry_after: i64) -> Self {
        Self::Known { fault, retry_after: Some(retry_after) }
    }

    /// Whether the database cannot be used now: the store logs it, once, and whoever works by himself goes on
    /// when it can.
    #[must_use]
    pub const fn is_interruption(&self) -> bool {
        matches!(self, Self::Interrupted(_))
    }

    /// The fault by which it is told, and after how many milliseconds trying again makes sense.
    #[must_use]
    pub const fn fault(&self) -> (Fault, Option<i64>) {
        match self {
            Self::Known { fault, retry_after } => (*fault, *retry_after),
            Self::Interrupted(_) => (Fault::StoreUnavailable, Some(INTERRUPTION)),
            Self::Database(_) | Self::Unreadable(_) => (Fault::Internal, None),
        }
    }
}
