//! Connections that read. A reader sees the last commit and waits for no writer.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use rusqlite::Connection;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use serde::de::DeserializeOwned;

use super::{super::cells::Rows, DatabaseFile, Location, failure::connecting, row};
use crate::store::{BROKEN_OFF, interruption};

/// After how many of SQLite's own instructions to look at the clock.
const LOOK: i32 = 100_000;

/// Reads on the calling thread. Cheap to clone; there are as many connections as threads that ever read at once.
#[derive(Clone)]
pub struct Reader {
    location: Location,
    /// What is read. None for a database that is in no file.
    file: Option<Arc<DatabaseFile>>,
    idle: Arc<Mutex<Vec<Connection>>>,
    /// Reads nothing. As long as it is open, SQLite leaves the log where it is, whatever becomes of the others.
    keeper: Arc<Mutex<Connection>>,
}

impl Reader {
    /// Opens the first connection, so that a file that cannot be read is known at once.
    ///
    /// # Errors
    /// If the file cannot be opened.
    pub(in crate::store) fn open(location: Location) -> Result<Self, DbErr> {
        let (first, keeper) = (location.open_for_reading()?, location.open_for_reading()?);
        let file = DatabaseFile::opened(location.path()).map(Arc::new);
        Ok(Self { location, file, idle: Arc::new(Mutex::new(vec![first])), keeper: Arc::new(Mutex::new(keeper)) })
    }

    /// The file that was opened.
    pub(in crate::store) fn file(&self) -> Option<Arc<DatabaseFile>> {
        self.file.clone()
    }

    /// Opens another connection to the same file, whatever else stands at its path now.
    fn connect(&self) -> Result<Connection, DbErr> {
        // Before, because whatever is opened is written to; and afterwards, because it may have been moved in between.
        self.check_file()?;
        let connection = self.location.open_for_reading()?;
        self.check_file()?;
        Ok(connection)
    }

    /// Leaves the files as they are, also when everything else is closed: whoever closes a database last empties its log.
    pub(in crate::store) fn keep(&self) {
        std::mem::forget(self.keeper.clone());
    }

    fn check_file(&self) -> Result<(), DbErr> {
        self.file.as_ref().map_or(Ok(()), |file| file.check())
    }

    /// Reads with a connection. One whose statement failed is not used again.
    fn with<T>(&self, read: impl FnOnce(&Connection) -> Result<T, DbErr>) -> Result<T, DbErr> {
        let idle = self.lock().pop();
        let connection = idle.map_or_else(|| self.connect(), Ok)?;
        let result = read(&connection)?;
        self.lock().push(connection);
        Ok(result)
    }

    /// Reads for so long, then gives up without an answer. What is in the file, and not what a connection remembers of it.
    pub(super) fn until<T>(
        &self,
        longest: Duration,
        read: impl FnOnce(&Connection) -> Result<T, DbErr>,
    ) -> Result<Option<T>, DbErr> {
        let end = Instant::now() + longest;
        let connection = self.connect()?;
        connection.progress_handler(LOOK, Some(move || Instant::now() > end)).map_err(connecting)?;
        match read(&connection) {
            Err(error) if interruption(&error) == Some(BROKEN_OFF) => Ok(None),
            read => read.map(Some),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Sqlite
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.with(|connection| row::execute(connection, &statement)).map(Into::into)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.with(|connection| row::execute_batch(connection, sql)).map(Into::into)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let rows = self.with(|connection| row::query(connection, &statement))?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

impl Rows for Reader {
    async fn rows<R: DeserializeOwned + Send>(&self, statement: Statement) -> Result<Vec<Option<R>>, DbErr> {
        self.with(|connection| row::read(connection, &statement))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::store::interruption;

    #[test]
    fn another_file_at_the_same_place_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let (there, away) = (folder.path().join("flowthrough.db"), folder.path().join("moved.db"));
        let location = Location::new(there.to_str().unwrap());
        location.create().unwrap().execute_batch("CREATE TABLE ours (id integer)").unwrap();
        let reader = Reader::open(location).unwrap();
        let read = |connection: &Connection| row::execute_batch(connection, "SELECT id FROM ours");
        // While one reads, whoever else does needs another connection.
        let two_at_once = || reader.with(|connection| read(connection).and_then(|_| reader.with(read)));

        fs::rename(&there, &away).unwrap();
        Connection::open(&there).unwrap().execute_batch("CREATE TABLE theirs (id integer)").unwrap();
        let refused = two_at_once().unwrap_err();
        assert!(interruption(&refused).is_some(), "{refused}");
        fs::rename(&away, &there).unwrap();
        two_at_once().unwrap();
    }
}
