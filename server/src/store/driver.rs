//! The two databases behind one face.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, SqlxError, Statement, sqlx::error::ErrorKind,
};

/// The same thing on either database: what reads, or an open transaction.
#[derive(Clone)]
pub(super) enum Driver<S, P> {
    /// Embedded.
    Sqlite(S),
    /// Over the network.
    Postgres(P),
}

#[async_trait]
impl<S: ConnectionTrait, P: ConnectionTrait> ConnectionTrait for Driver<S, P> {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(_) => DbBackend::Sqlite,
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(sqlite) => sqlite.execute_raw(statement).await,
            Self::Postgres(postgres) => postgres.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(sqlite) => sqlite.execute_unprepared(sql).await,
            Self::Postgres(postgres) => postgres.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(sqlite) => sqlite.query_one_raw(statement).await,
            Self::Postgres(postgres) => postgres.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(sqlite) => sqlite.query_all_raw(statement).await,
            Self::Postgres(postgres) => postgres.query_all_raw(statement).await,
        }
    }
}

/// Whether a row was refused because another one has what may be there only once.
#[must_use]
pub fn is_taken(error: &DbErr) -> bool {
    use sea_orm::RuntimeErr::SqlxError as Runtime;
    match error {
        DbErr::Exec(Runtime(error)) | DbErr::Query(Runtime(error)) => match &**error {
            SqlxError::Database(error) => error.kind() == ErrorKind::UniqueViolation,
            _ => false,
        },
        _ => false,
    }
}
