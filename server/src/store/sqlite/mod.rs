//! SQLite without detours: statements run on the thread that asks, commits are shared by whoever waits.
//!
//! A statement takes some microseconds, a commit waits for the disk. So statements are not sent to another thread and
//! back, and units of work that wait for their turn meanwhile join the commit of those before them ([`Writer`]). What
//! SeaORM builds comes in through its `ConnectionTrait`, and its rows go back as the values of its own `Value` ([`row`]).

mod failure;
mod file;
mod log;
mod migrations;
mod reader;
mod row;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rusqlite::{Connection, OpenFlags, config::DbConfig};
use sea_orm::{DbBackend, DbErr, RuntimeErr, Statement};

use super::patience::BUSY;

pub(super) use failure::damaged;
pub(super) use file::{DatabaseFile, keep_log, keep_private, mark};
pub(super) use migrations::Migrations;
pub(super) use reader::Reader;
pub use row::Effort;
pub(super) use writer::{Unit, Writer};

/// How many different statements a connection keeps prepared.
const PREPARED: usize = 256;
/// How many pages the log may hold before a commit moves them to their places: 64 MB. Each page is moved once a
/// checkpoint, however often it was written since.
const CHECKPOINT: u32 = 16_000;
/// How large, in bytes, the log's file stays once it has been moved: one that could not be moved for a while, or all at once,
/// gives its room back.
const LOG: u32 = CHECKPOINT * 4_096;
/// How many KiB of pages a connection keeps in memory.
const CACHE: u32 = 8_192;
/// How long a start may take to look the whole file through.
const CHECK: Duration = Duration::from_secs(10);

/// The path in `sqlite:path/to/file.db`, if the address is one.
pub(super) fn path(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"))
}

/// Where the database is, and how it is opened. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Location(Arc<PathBuf>);

impl Location {
    pub(super) fn new(path: &str) -> Self {
        Self(Arc::new(PathBuf::from(path)))
    }

    fn path(&self) -> &Path {
        &self.0
    }

    /// A connection that creates the file if it is missing.
    fn create(&self) -> Result<Connection, DbErr> {
        self.open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)
    }

    /// Another connection to what is there.
    fn open_for_writing(&self) -> Result<Connection, DbErr> {
        self.open(OpenFlags::SQLITE_OPEN_READ_WRITE)
    }

    /// Another connection for writing in place of one that failed, perhaps because there was no room: all that stands in
    /// the log is moved, and its room given back, unless somebody is reading or there still is none. What is damaged stays where it is.
    fn open_again(&self) -> Result<Connection, DbErr> {
        log::check(&file::log_of(self.path()))?;
        let connection = self.open_for_writing()?;
        let emptied = connection
            .busy_timeout(Duration::ZERO)
            .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())));
        // It is tried again as ever, once the log has grown to its size.
        drop(emptied);
        Ok(connection)
    }

    /// A connection that only reads. It opens for writing too, because a log that a killed process left has to be
    /// recovered by whoever comes first.
    fn open_for_reading(&self) -> Result<Connection, DbErr> {
        let connection = self.open_for_writing()?;
        connection.pragma_update(None, "query_only", true).map_err(failure::connecting)?;
        Ok(connection)
    }

    fn open(&self, flags: OpenFlags) -> Result<Connection, DbErr> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
        let open = || {
            let connection = Connection::open_with_flags(&*self.0, flags)?;
            connection.busy_timeout(BUSY)?;
            // FULL: a commit that was answered survives a power cut, not only a crash: "accepted" is a promise.
            connection.execute_batch(&format!(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                 PRAGMA wal_autocheckpoint = {CHECKPOINT}; PRAGMA journal_size_limit = {LOG}; \
                 PRAGMA cache_size = -{CACHE}; PRAGMA temp_store = MEMORY"
            ))?;
            connection.set_prepared_statement_cache_capacity(PREPARED);
            // A statement is planned for any values: else SQLite prepares each one anew for each LIMIT.
            connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
            Ok(connection)
        };
        open().map_err(failure::connecting)
    }
}

/// Looks the whole file and its log through, as far as that can be done in reasonable time.
///
/// # Errors
/// What is wrong with them.
pub(super) async fn check(reader: &Reader) -> Result<(), DbErr> {
    let patient = reader.clone();
    let look = tokio::task::spawn_blocking(move || {
        if let Some(file) = patient.file() {
            file.check_log()?;
        }
        patient.until(CHECK, |connection| {
            row::query(connection, &Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)"))
        })
    });
    let found = look.await.map_err(|ended| gone(&ended.to_string()))?;
    match found? {
        Some(found) => match found.into_iter().flat_map(|row| row.values.into_values()).next() {
            Some(sea_orm::Value::String(Some(found))) if found != "ok" => Err(damaged(&found)),
            _ => Ok(()),
        },
        None => {
            tracing::info!(seconds = CHECK.as_secs(), "the database is too large to be looked through in this time");
            Ok(())
        }
    }
}

pub(super) fn gone(why: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why.to_owned()))
}
