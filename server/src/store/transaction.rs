//! A transaction that says so when it did not happen.
//!
//! Databases give transactions up by themselves: SQLite rolls back when the disk is full, when it cannot read or write, when
//! memory runs out (sqlite.org/lang_transaction.html, "response to errors within a transaction"), and every statement
//! after that would be committed by itself; PostgreSQL ignores all statements after a failed one and answers a COMMIT by
//! rolling back, without an error. So one failed call ends a transaction here: nothing is sent after it, and it cannot
//! be committed. Only going back to a savepoint that is still there fixes it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr,
    Statement, TransactionTrait as _,
};

use serde::de::DeserializeOwned;

use super::{
    calls::{Calls, within},
    cells::Rows,
    driver::Driver,
    health::Health,
    mishap::{self, Call, Mishap},
    patience::{left_of, waited},
    sqlite::{self, DatabaseFile},
};
use crate::store::interruption;

const MARK: &str = "SAVEPOINT mark";
const GO_BACK: &str = "ROLLBACK TO SAVEPOINT mark";
const FORGET_MARK: &str = "RELEASE SAVEPOINT mark";

/// What begins transactions on either database.
pub(super) type Writer = Driver<sqlite::Writer, DatabaseConnection>;

/// An open transaction. Dropping it rolls back.
pub struct Transaction {
    inner: Driver<sqlite::Unit, DatabaseTransaction>,
    calls: Calls,
    file: Option<Arc<DatabaseFile>>,
    broken: AtomicBool,
}

impl Transaction {
    pub(super) async fn begin(writer: &Writer, calls: Calls, file: Option<Arc<DatabaseFile>>) -> Result<Self, DbErr> {
        let mishap = calls.mishap(Call::Begin).await;
        if mishap == Some(Mishap::Refused) {
            return Err(mishap::error());
        }
        if file.is_some() && calls.health.is_damaged() {
            return Err(sqlite::damaged("nothing more is written into what is damaged"));
        }
        let longest = calls.patience.statement;
        let attempt =
            |left| async move { within(left, begin(writer, longest)).await.map_err(|error| explain(writer, error)) };
        // SQLite's readers are in nobody's way; PostgreSQL's share their connections with those who write.
        let moves = if file.is_some() { Health::writers_move } else { Health::moves };
        let wait = calls.metrics.waits_to_write();
        let inner = waited(calls.insist(moves, attempt)).await.inspect_err(|error| calls.health.not_written(error))?;
        drop(wait);
        calls.health.begun();
        let begun = Self { inner, calls, file, broken: AtomicBool::new(false) };
        if mishap.is_some() { Err(mishap::error()) } else { Ok(begun) }
    }

    /// Makes everything durable.
    pub(super) async fn commit(self) -> Result<(), DbErr> {
        let Self { inner, calls, file, broken } = self;
        if broken.into_inner() {
            return Err(given_up());
        }
        let mishap = calls.mishap(Call::Commit).await;
        match mishap {
            Some(Mishap::Refused) => return Err(mishap::error()),
            Some(Mishap::GivenUp) => mishap::give_up(&inner).await,
            Some(Mishap::Unheard) | None => {}
        }
        let outcome = async {
            if let Some(file) = file {
                file.check()?;
            }
            waited(commit(inner, left_of(calls.patience.end))).await
        };
        match outcome.await {
            Ok(()) => calls.health.written(),
            Err(error) => {
                let error = not_committed(error);
                calls.health.not_written(&error);
                return Err(error);
            }
        }
        if mishap.is_some() { Err(mishap::error()) } else { Ok(()) }
    }

    /// Gives everything up. What was read in it is durable afterwards.
    pub(super) async fn abandon(self) -> Result<(), DbErr> {
        let Self { inner, calls, .. } = self;
        let longest = left_of(calls.patience.end);
        let abandoned = match inner {
            Driver::Sqlite(unit) => within(longest, unit.abandon()).await,
            Driver::Postgres(transaction) => to_its_end(longest, transaction.rollback()).await,
        };
        let outcome = abandoned.map_err(not_committed);
        outcome.inspect_err(|error| calls.health.not_written(error))
    }

    /// Marks where [`Transaction::go_back`] leads to.
    pub(super) async fn mark(&self) -> Result<(), DbErr> {
        self.execute_unprepared(MARK).await.map(drop)
    }

    /// Undoes everything since the last mark, whatever went wrong.
    pub(super) async fn go_back(&self) -> Result<(), DbErr> {
        // If the whole transaction was given up, so was the mark, and this fails.
        self.broken.store(false, Ordering::SeqCst);
        self.execute_unprepared(GO_BACK).await.map(drop)
    }

    /// Forgets the last mark.
    pub(super) async fn forget_mark(&self) -> Result<(), DbErr> {
        self.execute_unprepared(FORGET_MARK).await.map(drop)
    }

    /// Begins a call, unless one has failed before. Until it is known to have gone well it has not: also if nobody waits for
    /// its end.
    async fn begin_call(&self, sql: &str) -> Result<Option<Mishap>, DbErr> {
        if self.broken.swap(true, Ordering::SeqCst) {
            return Err(given_up());
        }
        Ok(self.calls.mishap(Call::Statement(sql)).await)
    }

    async fn call<T>(
        &self,
        mishap: Option<Mishap>,
        call: impl Future<Output = Result<T, DbErr>> + Send,
    ) -> Result<T, DbErr> {
        match mishap {
            Some(Mishap::Refused) => return Err(mishap::error()),
            Some(Mishap::GivenUp) => {
                mishap::give_up(&self.inner).await;
                return Err(mishap::error());
            }
            Some(Mishap::Unheard) | None => {}
        }
        let outcome = waited(self.calls.answer(call)).await;
        if mishap.is_some() {
            return Err(mishap::error());
        }
        match &outcome {
            Ok(_) => self.broken.store(false, Ordering::SeqCst),
            Err(error) => self.calls.health.not_written(error),
        }
        outcome
    }
}

/// Why nobody may write, where that is known.
fn explain(writer: &Writer, error: DbErr) -> DbErr {
    match writer {
        Driver::Sqlite(writer) => writer.explain(error),
        Driver::Postgres(_) => error,
    }
}

async fn begin(writer: &Writer, longest: Duration) -> Result<Driver<sqlite::Unit, DatabaseTransaction>, DbErr> {
    match writer {
        Driver::Sqlite(writer) => writer.begin().await.map(Driver::Sqlite),
        // Carried out to its end whoever gives up waiting: a connection that is dropped between BEGIN and its answer would
        // go back to the pool inside a transaction of which the pool knows nothing.
        Driver::Postgres(pool) => {
            let pool = pool.clone();
            to_its_end(longest, async move { pool.begin().await }).await.map(Driver::Postgres)
        }
    }
}

async fn commit(transaction: Driver<sqlite::Unit, DatabaseTransaction>, longest: Duration) -> Result<(), DbErr> {
    match transaction {
        Driver::Sqlite(unit) => within(longest, unit.commit()).await,
        // Whoever asked for it may be gone: those who watch are told all the same.
        Driver::Postgres(transaction) => to_its_end(longest, transaction.commit()).await,
    }
}

/// Whoever gives up waiting. Its connection is given up with it if it never ends: it would be missing for ever.
async fn to_its_end<T: Send + 'static>(
    longest: Duration,
    call: impl Future<Output = Result<T, DbErr>> + Send + 'static,
) -> Result<T, DbErr> {
    let ended = tokio::spawn(within(longest, call)).await;
    ended.unwrap_or_else(|error| Err(DbErr::Conn(RuntimeErr::Internal(error.to_string()))))
}

/// Whatever a database says to a COMMIT, it is not the answer to something that was asked wrongly.
fn not_committed(error: DbErr) -> DbErr {
    match interruption(&error) {
        Some(_) => error,
        None => DbErr::Conn(RuntimeErr::Internal(format!("not committed: {error}"))),
    }
}

fn given_up() -> DbErr {
    DbErr::Custom("this unit of work has failed before, and nothing of it is kept".to_owned())
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.call(self.begin_call(&statement.sql).await?, self.inner.execute_raw(statement)).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.call(self.begin_call(sql).await?, self.inner.execute_unprepared(sql)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.call(self.begin_call(&statement.sql).await?, self.inner.query_one_raw(statement)).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.call(self.begin_call(&statement.sql).await?, self.inner.query_all_raw(statement)).await
    }
}

impl Rows for Transaction {
    async fn rows<R: DeserializeOwned + Send>(&self, statement: Statement) -> Result<Vec<Option<R>>, DbErr> {
        self.call(self.begin_call(&statement.sql).await?, self.inner.rows(statement)).await
    }
}
