//! PostgreSQL: how it is connected to, and how a connection that has fallen silent is got rid of.
//!
//! A pooler or a router may keep a connection open and answer nothing any more. Nothing is waited for without an end: not
//! by us (`calls`), and not by the server, which would go on holding locks for somebody who has given up.

use std::time::Duration;

use futures::future::BoxFuture;
use sea_orm::{
    ConnectOptions, Database as Connect, DatabaseConnection, DbErr, SqlxError,
    sqlx::{
        AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, pool::PoolConnectionMetadata,
        postgres::PgConnectOptions,
    },
};

use super::patience::{CONNECT, PING, Patience};

/// How many connections requests and the engine have: each of their own, so that neither is in the other's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pools {
    /// Of requests.
    pub requests: u32,
    /// Of the engine.
    pub engine: u32,
}

impl Default for Pools {
    fn default() -> Self {
        Self { requests: 12, engine: 8 }
    }
}

/// How long a connection that comes back may take to finish what was broken off.
const SETTLE: Duration = Duration::from_secs(1);
/// How long finding out whether there is a pooler may take.
const LOOK: Duration = Duration::from_secs(10);

/// Opens a pool of at most so many connections.
pub(super) async fn connect(url: &str, connections: u32, patience: Patience) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(url);
    let limits = limits(patience);
    options
        .max_connections(connections)
        .acquire_timeout(CONNECT)
        // `is_alive` does it, and gives up in time.
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_postgres_opts(plain)
        .map_sqlx_postgres_pool_opts(move |pool| {
            let limits = limits.clone();
            pool.after_connect(move |connection, _| limit(connection, limits.clone()))
                .before_acquire(|connection, _| responds(connection, PING))
                .after_release(|connection, _: PoolConnectionMetadata| can_write(connection, SETTLE))
        });
    Connect::connect(options).await
}

/// How to connect, without what poolers refuse.
pub(super) fn plain(options: PgConnectOptions) -> PgConnectOptions {
    options.extra_float_digits(None)
}

/// What the server is told: to end by itself what we give up, a moment before we do.
fn limits(patience: Patience) -> String {
    let statement = patience.statement.as_millis() * 9 / 10;
    let lock = patience.lock.as_millis();
    let idle = 2 * patience.statement.as_millis();
    // It looks whether anybody is still there while it works, if it knows how to (from PostgreSQL 14 on).
    format!(
        "SET statement_timeout = {statement}; SET lock_timeout = {lock}; \
         SET idle_in_transaction_session_timeout = {idle}; \
         SELECT set_config(name, '1000', false) FROM pg_settings WHERE name = 'client_connection_check_interval'"
    )
}

fn limit(connection: &mut PgConnection, limits: String) -> BoxFuture<'_, Result<(), SqlxError>> {
    Box::pin(async move { connection.execute(AssertSqlSafe(limits)).await.map(drop) })
}

/// Whether a connection is still one. An error has it closed hard: it never goes back to the pool.
fn responds(connection: &mut PgConnection, within: Duration) -> BoxFuture<'_, Result<bool, SqlxError>> {
    Box::pin(async move {
        match tokio::time::timeout(within, connection.ping()).await {
            Ok(answer) => answer.map(|()| !connection.is_in_transaction()),
            Err(_) => Err(SqlxError::Io(std::io::ErrorKind::TimedOut.into())),
        }
    })
}

/// The same, of one that may write. One that was made while the database was read-only stays so (25006), although another one made
/// now may not be, or may lead to another server that has become the first: so it is closed, and the next caller makes one.
fn can_write(connection: &mut PgConnection, within: Duration) -> BoxFuture<'_, Result<bool, SqlxError>> {
    Box::pin(async move {
        let look = async { connection.fetch_one("SHOW transaction_read_only").await?.try_get::<String, _>(0) };
        match tokio::time::timeout(within, look).await {
            Ok(answer) => answer.map(|read_only| read_only == "off" && !connection.is_in_transaction()),
            Err(_) => Err(SqlxError::Io(std::io::ErrorKind::TimedOut.into())),
        }
    })
}

/// Whether a pooler gives each transaction another connection. Statements are prepared, and others' changes heard, on
/// connections that stay the same.
///
/// # Errors
/// If the database cannot be reached.
pub(super) async fn is_pooled_by_transaction(url: &str) -> Result<bool, SqlxError> {
    let options: PgConnectOptions = plain(url.parse()?);
    let look = async {
        let mut one = PgConnection::connect_with(&options).await?;
        let mut other = PgConnection::connect_with(&options).await?;
        let first = backend(&mut one).await?;
        // A pooler gives the free connection away, and the first one then gets another.
        other.execute("BEGIN").await?;
        let taken = backend(&mut other).await?;
        let second = backend(&mut one).await?;
        other.execute("ROLLBACK").await?;
        Ok(first != second || first == taken)
    };
    match tokio::time::timeout(LOOK, look).await {
        Ok(found) => found,
        Err(_) => Err(SqlxError::Io(std::io::ErrorKind::TimedOut.into())),
    }
}

async fn backend(connection: &mut PgConnection) -> Result<i32, SqlxError> {
    connection.fetch_one("SELECT pg_backend_pid()").await?.try_get(0)
}
