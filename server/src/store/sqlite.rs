//! SQLite: how it is opened, when a connection is thrown away, and whether the file is still the one that was opened.

use std::{
    ffi::OsString,
    fs::{self, File, Permissions},
    io::{self, Read as _},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::PathBuf,
    time::Duration,
};

use futures::future::BoxFuture;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database as Connect, DatabaseConnection, DbBackend, DbErr, RuntimeErr,
    SqlxError, Statement,
    sqlx::{
        Connection as _, Executor as _, SqliteConnection,
        pool::PoolConnectionMetadata,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

use super::{
    patience::{BUSY, CONNECT},
    reader::Reader,
};
use crate::fault::{DAMAGED, interruption};

/// What every database file begins with (sqlite.org/fileformat2.html).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// How many may read at once.
const READERS: u32 = 4;
/// How long a start may take to look the whole file through.
const CHECK: Duration = Duration::from_secs(10);

/// The path in `sqlite:path/to/file.db`, if the address is one.
pub(super) fn path(url: &str) -> Option<&str> {
    url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//"))
}

/// Takes away what others may do with the files, if an older version or somebody else has made them so: they hold people's
/// addresses. SQLite makes the logs beside them as it finds the database.
pub(super) fn keep_private(path: &str) {
    let files = ["", "-wal", "-shm"].map(|suffix| format!("{path}{suffix}"));
    let tightened: io::Result<Vec<bool>> = files.iter().map(|file| tighten(file)).collect();
    match tightened {
        Ok(tightened) if !tightened.contains(&true) => {}
        Ok(_) => tracing::warn!(event = "files_were_open", "others could read the database's files, and now cannot"),
        Err(error) => {
            tracing::warn!(event = "files_are_open", %error, "others can do something with the database's files")
        }
    }
}

/// Whether there was something to be taken away.
fn tighten(file: &str) -> io::Result<bool> {
    let Ok(found) = fs::metadata(file) else { return Ok(false) };
    let mode = found.permissions().mode();
    if !found.is_file() || mode & 0o077 == 0 {
        return Ok(false);
    }
    fs::set_permissions(file, Permissions::from_mode(mode & 0o700))?;
    Ok(true)
}

/// The one connection that writes. SQLite has one writer; queueing for it here is fairer than SQLite's own busy loop.
pub(super) async fn writer(path: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(path, 1);
    options.map_sqlx_sqlite_pool_opts(|pool| pool.after_release(is_clean));
    Connect::connect(options).await
}

/// Those that read: they see the last commit meanwhile (WAL).
pub(super) async fn readers(path: &str) -> Result<DatabaseConnection, DbErr> {
    Connect::connect(options(path, READERS)).await
}

fn options(path: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(format!("sqlite:{path}?mode=rwc"));
    options
        .max_connections(connections)
        .min_connections(1)
        // As long as one is open, the write-ahead log stays where it is.
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(CONNECT)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .journal_mode(SqliteJournalMode::Wal)
                // A commit that was answered survives a power cut, not only a crash: "accepted" is a promise.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY)
                .foreign_keys(true)
        });
    options
}

/// Whether the writer may be used again: only if it is in no transaction, by its own count and by the engine's.
///
/// The two drift apart when the engine rolls back by itself: sqlx' rollback then fails, its count stays above none, and all
/// that came after would be savepoints in a transaction that nobody ever commits.
fn is_clean(connection: &mut SqliteConnection, _: PoolConnectionMetadata) -> BoxFuture<'_, Result<bool, SqlxError>> {
    Box::pin(async move {
        // A rollback that was queued has been carried out once this is answered.
        connection.ping().await?;
        // BEGIN fails within a transaction; it takes no lock.
        Ok(!connection.is_in_transaction() && connection.execute("BEGIN; ROLLBACK").await.is_ok())
    })
}

/// Looks the whole file through, as far as that can be done in reasonable time.
///
/// # Errors
/// What is wrong with it.
pub(super) async fn check(reader: &Reader) -> Result<(), DbErr> {
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA quick_check(1)");
    let Ok(found) = tokio::time::timeout(CHECK, reader.query_one_raw(check)).await else {
        tracing::info!(seconds = CHECK.as_secs(), "the database is too large to be looked through at every start");
        return Ok(());
    };
    let damaged = |what: &dyn std::fmt::Display| Err(gone(&what.to_string()));
    match found {
        Ok(found) => match found.map(|row| row.try_get_by_index::<String>(0)).transpose()? {
            Some(found) if found != "ok" => damaged(&found),
            _ => Ok(()),
        },
        Err(error) if interruption(&error) == Some(DAMAGED) => damaged(&error),
        Err(error) => Err(error),
    }
}

/// The file that was opened. Whatever is written after it was deleted or replaced is lost with the next restart, although
/// the engine notices nothing.
#[derive(Debug)]
pub(super) struct DatabaseFile {
    path: PathBuf,
    log: PathBuf,
    /// Device and number.
    identity: (u64, u64),
}

impl DatabaseFile {
    /// The file at this path, once it is open. None for a database that is in no file.
    pub(super) fn opened(path: &str) -> Option<Self> {
        let path = fs::canonicalize(path).ok()?;
        let mut log = OsString::from(&path);
        log.push("-wal");
        Some(Self { identity: identity(&path)?, log: log.into(), path })
    }

    /// # Errors
    /// If what is written would be lost.
    pub(super) fn check(&self) -> Result<(), DbErr> {
        match identity(&self.path) {
            None => Err(gone("the database file was deleted")),
            Some(other) if other != self.identity => Err(gone("the database file was replaced: restart the server")),
            Some(_) if identity(&self.log).is_none() => Err(gone("the database's write-ahead log was deleted")),
            Some(_) => Ok(()),
        }
    }

    /// # Errors
    /// As [`DatabaseFile::check`], or if it does not begin as a database any more.
    pub(super) fn check_content(&self) -> Result<(), DbErr> {
        self.check()?;
        let mut magic = [0; MAGIC.len()];
        let read = File::open(&self.path).and_then(|mut file| file.read_exact(&mut magic));
        match read {
            Ok(()) if &magic == MAGIC => Ok(()),
            _ => Err(gone("the database file is damaged")),
        }
    }
}

fn identity(path: &std::path::Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}

pub(super) fn gone(why: &str) -> DbErr {
    DbErr::Conn(RuntimeErr::Internal(why.to_owned()))
}
