//! Migrations on PostgreSQL, where several servers may start at once and others serve meanwhile.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbErr, RuntimeErr, SqlxError, TransactionTrait as _,
    sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _},
};

use super::{Index, Migration};

/// Advisory locks: any numbers that nobody else uses in this database. Two, because a version that knows only the first
/// waits for it within a transaction, and an index that is being built waits for transactions.
const MIGRATING: i64 = 0x466c_6f77_7468;
const INDEXING: i64 = MIGRATING + 1;
/// How often it is looked whether another server has finished an index.
const LOOK: Duration = Duration::from_millis(500);

/// Does what has not been done yet: indexes of tables in use one by one, everything else in as few transactions as that allows.
pub async fn up(pool: &DatabaseConnection, migrations: &[Migration]) -> Result<(), DbErr> {
    loop {
        let transaction = pool.begin().await?;
        let begin = format!(
            "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({MIGRATING})"
        );
        transaction.execute_unprepared(&begin).await?;
        let index = super::up(&transaction, migrations).await?;
        transaction.commit().await?;
        let Some(index) = index else { return Ok(()) };
        build(pool, index).await.map_err(|error| DbErr::Exec(RuntimeErr::SqlxError(error.into())))?;
    }
}

/// Builds an index while others read and write, on a connection of its own, which ends with it: the lock is the connection's.
async fn build(pool: &DatabaseConnection, index: &Index) -> Result<(), SqlxError> {
    let mut connection = pool.get_postgres_connection_pool().acquire().await?.detach();
    connection.execute("SET statement_timeout = 0; SET lock_timeout = 0").await?;
    // Asked again and again instead of waited for: the one that builds would wait for the statement that waits for it.
    while !is_first(&mut connection).await? {
        tokio::time::sleep(LOOK).await;
    }
    if !is_done(&mut connection, index).await? {
        // What a server that died while building left behind is of no use.
        let remains = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", index.name);
        let done = format!(
            "INSERT INTO seaql_migrations (version, applied_at) \
             VALUES ('{}', CAST(extract(epoch FROM now()) AS bigint))",
            index.migration
        );
        for statement in [remains, index.statement("CONCURRENTLY "), done] {
            connection.execute(AssertSqlSafe(statement)).await?;
        }
    }
    connection.close().await
}

async fn is_first(connection: &mut PgConnection) -> Result<bool, SqlxError> {
    let lock = AssertSqlSafe(format!("SELECT pg_try_advisory_lock({INDEXING})"));
    connection.fetch_one(lock).await?.try_get(0)
}

async fn is_done(connection: &mut PgConnection, index: &Index) -> Result<bool, SqlxError> {
    let done = format!("SELECT EXISTS (SELECT FROM seaql_migrations WHERE version = '{}')", index.migration);
    connection.fetch_one(AssertSqlSafe(done)).await?.try_get(0)
}
