//! A copy of a SQLite database that is in use, and whether a copy is whole.
//!
//! Both go through SQLite and are for a process of their own: a server that opened and closed its file another way would lose
//! the locks on it (`sqlite/file.rs`).

use std::{path::Path, time::Duration};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{counter, migration, sqlite};

/// How long to wait for somebody who keeps the whole file to himself.
const BUSY: Duration = Duration::from_secs(10);

/// Why there is no good copy.
#[derive(Debug, thiserror::Error)]
pub enum BadBackup {
    /// SQLite's own word.
    #[error("{0}")]
    Sqlite(rusqlite::Error),
    /// It is a database, and damaged.
    #[error("it is damaged: {0}")]
    Damaged(String),
    /// It is a database of something else.
    #[error("it is no database of Flowthrough")]
    Foreign,
    /// Changes stand beside it.
    #[error("changes that belong to it stand in {0}")]
    Half(String),
}

impl From<rusqlite::Error> for BadBackup {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

/// What a whole copy holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// How many users.
    pub users: i64,
    /// The newest change of its schema.
    pub schema: String,
    /// Whether a newer version has made that.
    pub newer: bool,
}

/// Writes what is in a database now, as one moment shows it, into an empty file. Others may write meanwhile.
///
/// # Errors
/// If it cannot be read or written.
pub fn write(database: &Path, into: &Path) -> Result<(), BadBackup> {
    sqlite::keep_log(&database.to_string_lossy()).map_err(|error| BadBackup::Damaged(error.to_string()))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(BUSY)?;
    // As much as is in nobody's way: who copies the file alone, against all advice, misses less.
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    connection.execute("VACUUM INTO ?1", [into.to_string_lossy()])?;
    Ok(())
}

/// Looks a copy through: every page and index, every reference, and the numbers that it keeps.
///
/// # Errors
/// What is wrong with it.
pub fn verify(copy: &Path) -> Result<Contents, BadBackup> {
    let log = format!("{}-wal", copy.display());
    if std::fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(BadBackup::Half(log));
    }
    // It is a file that nobody changes: nothing is made beside it.
    let whole = std::path::absolute(copy).unwrap_or_else(|_| copy.to_owned());
    let uri = format!("file:{}?immutable=1", utf8_percent_encode(&whole.to_string_lossy(), NON_ALPHANUMERIC));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri, flags)?;
    let found: String = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(BadBackup::Damaged(found));
    }
    let is_there = |table: &str| {
        connection.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?.exists([table])
    };
    if !is_there("seaql_migrations")? || !is_there("subscriber")? {
        return Err(BadBackup::Foreign);
    }
    if connection.prepare("PRAGMA foreign_key_check")?.exists([])? {
        return Err(BadBackup::Damaged("a row names another one that is not there".to_owned()));
    }
    // One from before the newest of the counters has not all of them.
    if is_there("fault_count")? && connection.prepare(counter::COMPARE)?.exists([])? {
        return Err(BadBackup::Damaged("the numbers that it keeps are not those of its rows".to_owned()));
    }
    let schema: String = connection.query_row("SELECT MAX(version) FROM seaql_migrations", [], |row| row.get(0))?;
    let newer = !migration::all().iter().any(|known| known.name() == schema);
    let users = connection.query_row("SELECT COUNT(*) FROM subscriber", [], |row| row.get(0))?;
    Ok(Contents { users, schema, newer })
}
