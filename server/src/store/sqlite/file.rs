//! The file itself: who may read it, and whether it is still the one that was opened.

use std::{
    ffi::OsString,
    fs::{self, File, Permissions},
    io,
    os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use sea_orm::DbErr;

use super::gone;

/// What every database file begins with (sqlite.org/fileformat2.html).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Takes away what others may do with the files, if an older version or somebody else has made them so: they hold people's
/// addresses, and the key of their codes. SQLite makes the logs beside them as it finds the database.
pub(in crate::store) fn keep_private(path: &str) {
    let files = ["", "-wal", "-shm", ".key"].map(|suffix| format!("{path}{suffix}"));
    let tightened: io::Result<Vec<bool>> = files.iter().map(|file| tighten(file)).collect();
    match tightened {
        Ok(tightened) if !tightened.contains(&true) => {}
        Ok(_) => tracing::warn!(event = "files_were_open", "others could read the database's files, and now cannot"),
        Err(error) => {
            tracing::warn!(event = "files_are_open", %error, "others can do something with the database's files")
        }
    }
}

/// Looks at the file before it is opened: SQLite takes one without content for a new database, and deletes the log beside it,
/// with all that was accepted into that.
///
/// # Errors
/// If there is such a log.
pub(in crate::store) fn keep_log(path: &str) -> Result<(), DbErr> {
    let length = |file: &Path| fs::metadata(file).ok().map(|found| found.len());
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let found = length(&file);
    if found.is_some_and(|length| length > 0) {
        return Ok(());
    }
    let log = log_of(&file);
    if length(&log).is_some_and(|length| length > 0) {
        let file = if found.is_some() { "is empty" } else { "is not there" };
        let log = log.display();
        return Err(gone(&format!(
            "the database file {file}, but {log} holds changes: bring it back, or move both away"
        )));
    }
    if found.is_some() {
        tracing::warn!(event = "database_was_empty", "the database's file was empty: this is a new database");
    }
    Ok(())
}

/// The write-ahead log of a database.
fn log_of(path: &Path) -> PathBuf {
    let mut log = OsString::from(path);
    log.push("-wal");
    log.into()
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

/// The file that was opened. Whatever is written after it was deleted or replaced is lost with the next restart, although
/// the engine notices nothing.
#[derive(Debug)]
pub struct DatabaseFile {
    path: PathBuf,
    log: PathBuf,
    /// Device and number of both.
    identity: (u64, u64),
    log_identity: (u64, u64),
    /// Never closed: with any descriptor of it that this process closes, the locks of SQLite's own are gone, and another
    /// program takes itself for the last one and deletes the log (sqlite.org/howtocorrupt.html, 2.2).
    file: File,
}

impl DatabaseFile {
    /// The file at this path, once it is open. None for a database that is in no file.
    pub(super) fn opened(path: &Path) -> Option<Self> {
        let path = fs::canonicalize(path).ok()?;
        let (log, file) = (log_of(&path), File::open(&path).ok()?);
        Some(Self { identity: identity(&path)?, log_identity: identity(&log)?, log, path, file })
    }

    /// # Errors
    /// If what is written would be lost.
    pub(in crate::store) fn check(&self) -> Result<(), DbErr> {
        match identity(&self.path) {
            None => Err(gone("the database file was deleted")),
            Some(other) if other != self.identity => Err(gone("the database file was replaced: restart the server")),
            Some(_) => match identity(&self.log) {
                None => Err(gone("the database's write-ahead log was deleted")),
                Some(other) if other != self.log_identity => {
                    Err(gone("the database's write-ahead log was replaced: restart the server"))
                }
                Some(_) => Ok(()),
            },
        }
    }

    /// # Errors
    /// As [`DatabaseFile::check`], or if it does not begin as a database any more.
    pub(in crate::store) fn check_content(&self) -> Result<(), DbErr> {
        self.check()?;
        let mut magic = [0; MAGIC.len()];
        match self.file.read_exact_at(&mut magic, 0) {
            Ok(()) if &magic == MAGIC => Ok(()),
            _ => Err(gone("the database file is damaged")),
        }
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}
