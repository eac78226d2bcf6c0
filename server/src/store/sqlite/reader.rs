//! Connections that read. A reader sees the last commit and waits for no writer.

use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use super::{File, row};

/// Reads on the calling thread. Cheap to clone; there are as many connections as threads that ever read at once.
#[derive(Clone)]
pub struct Reader {
    file: File,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Reader {
    /// Opens the first connection, so that a file that cannot be read is known at once.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(in crate::store) fn open(file: File) -> Result<Self, DbErr> {
        let first = file.open_for_reading()?;
        Ok(Self { file, idle: Arc::new(Mutex::new(vec![first])) })
    }

    /// Reads with a connection. One whose statement failed is not used again.
    fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let idle = self.lock().pop();
        let connection = idle.map_or_else(|| self.file.open_for_reading(), Ok)?;
        let result = read(&connection)?;
        self.lock().push(connection);
        Ok(result)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.with(|connection| row::execute(connection, &statement))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.with(|connection| row::execute_batch(connection, sql))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.with(|connection| row::query_one(connection, &statement))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.with(|connection| row::query(connection, &statement))
    }
}
