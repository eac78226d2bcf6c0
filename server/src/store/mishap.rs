//! Calls that fail on purpose: how tests find out what is left behind when the database fails at any one of them, and how many
//! there are.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, RuntimeErr};

/// How a call fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It never reaches the database.
    Refused,
    /// The database gives up the whole transaction: SQLite rolls it back by itself, as it does when the disk is full;
    /// PostgreSQL ends the connection.
    GivenUp,
    /// It is carried out, and nobody hears of it.
    Unheard,
}

/// A call to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call<'a> {
    /// Begins a unit of work.
    Begin,
    /// Makes one durable.
    Commit,
    /// Reads what was committed last, outside any unit of work.
    Read(&'a str),
    /// Anything else in one.
    Statement(&'a str),
}

/// Decides for each call whether it fails. A server has none.
#[async_trait]
pub trait Mishaps: Send + Sync {
    /// What happens to the call that comes next, once this returns: one that is late is not begun before.
    async fn next(&self, call: Call<'_>) -> Option<Mishap>;
}

/// What the caller is told.
pub(super) fn error() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("a mishap that was asked for".to_owned()))
}

/// Has the database itself give the transaction up.
pub(super) async fn give_up(transaction: &impl ConnectionTrait) {
    // Whether this can be done or not, the call that it happens to fails.
    let _ = match transaction.get_database_backend() {
        DbBackend::Sqlite => transaction.execute_unprepared("ROLLBACK").await,
        _ => transaction.execute_unprepared("SELECT pg_terminate_backend(pg_backend_pid())").await,
    };
}
