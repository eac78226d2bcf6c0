//! SQLite without detours: statements run on the thread that asks, commits are shared by whoever waits.
//!
//! A statement takes some microseconds, a commit waits for the disk. So statements are not sent to another thread and
//! back, and units of work that wait for their turn meanwhile join the commit of those before them ([`Writer`]). What
//! SeaORM builds comes in through `ConnectionTrait`, and its rows go back as the values of its own `Value` ([`row`]).

mod reader;
mod row;
mod writer;

use std::{path::PathBuf, sync::Arc, time::Duration};

use rusqlite::{Connection, ErrorCode, OpenFlags};
use sea_orm::{DbErr, RuntimeErr};

pub use reader::Reader;
pub use writer::{Unit, Writer};

/// How many different statements a connection keeps prepared.
const PREPARED: usize = 256;
/// How many pages the log may hold before a commit moves them to their places: 64 MB. Each page is moved once a
/// checkpoint, however often it was written since.
const CHECKPOINT: u32 = 16_000;
/// How many KiB of pages a connection keeps in memory.
const CACHE: u32 = 8_192;

/// Which file, opened how.
#[derive(Clone, Debug)]
pub(super) struct File(Arc<PathBuf>);

impl File {
    pub(super) fn new(path: &str) -> Self {
        Self(Arc::new(PathBuf::from(path)))
    }

    /// A connection that may write, which creates the file if it is missing.
    fn open_for_writing(&self) -> Result<Connection, DbErr> {
        self.open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// A connection that only reads. It opens for writing too, because a log that a killed process left has to be
    /// recovered by whoever comes first.
    fn open_for_reading(&self) -> Result<Connection, DbErr> {
        let connection = self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.execute_batch("PRAGMA query_only = ON").map_err(|error| failed(&error))?;
        Ok(connection)
    }

    fn open(&self, flags: OpenFlags) -> Result<Connection, DbErr> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
        let open = || {
            let connection = Connection::open_with_flags(&*self.0, flags)?;
            // Only for the mode of the journal, which waits for nobody but a process that is just opening the file.
            connection.busy_timeout(Duration::from_secs(1))?;
            // FULL: a commit that was answered survives a power cut, not only a crash: "accepted" is a promise.
            connection.execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA wal_autocheckpoint = {CHECKPOINT}; PRAGMA cache_size = -{CACHE}; PRAGMA temp_store = MEMORY"
            ))?;
            connection.set_prepared_statement_cache_capacity(PREPARED);
            Ok(connection)
        };
        open().map_err(|error| DbErr::Conn(RuntimeErr::Internal(text(&error))))
    }
}

/// SQLite's own words, without the statement, whose values could name somebody.
fn text(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(code, Some(message)) => format!("{message} (SQLite {})", code.extended_code),
        rusqlite::Error::SqliteFailure(code, None) => format!("SQLite {}", code.extended_code),
        rusqlite::Error::SqlInputError { error, msg, .. } => format!("{msg} (SQLite {})", error.extended_code),
        other => other.to_string(),
    }
}

/// How a failed statement is reported.
fn failed(error: &rusqlite::Error) -> DbErr {
    DbErr::Exec(RuntimeErr::Internal(text(error)))
}

/// Whether another connection holds what this one needs.
fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}
