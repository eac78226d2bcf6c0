//! Reading outside a unit of work.

use async_trait::async_trait;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use serde::de::DeserializeOwned;

use super::{
    calls::Calls,
    cells::Rows,
    driver::Driver,
    health::Health,
    mishap::{self, Call, Mishap},
    patience, sqlite,
};

/// What reads on either database.
pub(super) type Readers = Driver<sqlite::Reader, DatabaseConnection>;

/// Reads the last commits; never blocked by a writer.
#[derive(Clone)]
pub struct Reader {
    database: Readers,
    calls: Calls,
}

impl Reader {
    pub(super) const fn new(database: Readers, calls: Calls) -> Self {
        Self { database, calls }
    }

    /// The same, calling in another way.
    pub(super) fn with(&self, calls: Calls) -> Self {
        Self { database: self.database.clone(), calls }
    }

    /// See [`super::Store::check`].
    pub(super) async fn check(&self) -> Result<(), DbErr> {
        match &self.database {
            Driver::Sqlite(reader) => sqlite::check(reader).await,
            // PostgreSQL looks after its own files.
            Driver::Postgres(_) => Ok(()),
        }
    }

    /// See [`sqlite::Reader::keep`].
    pub(super) fn keep(&self) {
        if let Driver::Sqlite(reader) = &self.database {
            reader.keep();
        }
    }

    async fn call<T, F>(&self, sql: &str, call: impl Fn() -> F + Send + Sync) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>> + Send,
    {
        let mishap = self.calls.mishap(Call::Read(sql)).await;
        if matches!(mishap, Some(Mishap::Refused | Mishap::GivenUp)) {
            return Err(mishap::error());
        }
        let insisting = self.calls.insist(Health::moves, |_| self.calls.answer(call()));
        let outcome = patience::waited(insisting).await;
        self.calls.health.read(&outcome);
        if mishap.is_some() { Err(mishap::error()) } else { outcome }
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.database.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.call(&statement.sql, || self.database.execute_raw(statement.clone())).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.call(sql, || self.database.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.call(&statement.sql, || self.database.query_one_raw(statement.clone())).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.call(&statement.sql, || self.database.query_all_raw(statement.clone())).await
    }
}

impl Rows for Reader {
    async fn rows<R: DeserializeOwned + Send>(&self, statement: Statement) -> Result<Vec<Option<R>>, DbErr> {
        self.call(&statement.sql, || self.database.rows(statement.clone())).await
    }
}
