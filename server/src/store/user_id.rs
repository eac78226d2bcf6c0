//! Who gives out a partner's BroadWorks user ids, one after the other: on PostgreSQL by a lock that is the partner's. SQLite has one
//! writer.

use sea_orm::{ConnectionTrait as _, DbBackend, DbErr, Statement};

use super::{Tenant, Work};

/// How many may give them out beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Nobody.
    Alone,
    /// All who ask for the same.
    Together,
}

/// Waits until this is so for the tenant's partner, and keeps it so until the transaction ends.
///
/// # Errors
/// If the database fails.
pub async fn take_turns(work: &Work, tenant: Tenant, turn: Turn) -> Result<(), DbErr> {
    if work.get_database_backend() == DbBackend::Postgres {
        let lock = match turn {
            Turn::Alone => "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
            Turn::Together => "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))",
        };
        let of = format!("user ids of {}", tenant.partner());
        work.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, lock, [of.into()])).await?;
    }
    Ok(())
}
