//! The file itself: who may read it, and whether it is still the one that was opened.

use std::{
    ffi::OsString,
    fs::{self, File, Permissions, TryLockError},
    io,
    os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use sea_orm::DbErr;

use super::{failure::damaged, gone, log};

/// What every database file begins with (sqlite.org/fileformat2.html).
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// What stands beside it while it is open (sqlite.org/walformat.html): how its name ends, and what it is called.
const BESIDE: [(&str, &str); 2] = [(LOG, "the database's write-ahead log"), ("-shm", "the database's shared memory")];
const LOG: &str = "-wal";
/// The key of its codes, which a server makes once there is a database.
const KEY: &str = ".key";
/// What a server keeps locked for as long as it lives, so that there is no second one.
const LOCK: (&str, &str) = (".lock", "the server's lock");

/// Longer than a database of one page, as one without tables is.
const PAGE_AND_MORE: u64 = 4_097;

/// Says of a database that it was found to be damaged.
const MARK: &str = ".damaged";

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
/// A process that has it open shares its locks with others in `-shm`, and what is new in the log. Whoever opens the file while one of
/// the two is gone makes another, shares nothing with that process, and what either writes the other one overwrites.
///
/// # Errors
/// If there is such a log, if the database is or was found to be damaged, or if another server has the file open and lacks what stood beside
/// it.
pub(in crate::store) fn keep_log(path: &str) -> Result<(), DbErr> {
    let length = |file: &Path| fs::metadata(file).ok().map(|found| found.len());
    let file = fs::canonicalize(path).unwrap_or_else(|_| path.into());
    let found = length(&file);
    let log = beside(&file, LOG);
    if beside(&file, KEY).exists() && is_young(&file, &log) {
        let at = file.display();
        tracing::warn!(event = "database_is_younger_than_its_key", %at, "there is a key of codes beside a database without content: one that had some may be missing");
    }
    if found.is_some_and(|length| length > 0) {
        unmarked(&file)?;
        shared(&file)?;
        return log::check(&log);
    }
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

/// Whether no table is in the file, nor in its log: it is not there, is empty, or somebody has opened it and written nothing.
fn is_young(file: &Path, log: &Path) -> bool {
    let length = |file: &Path| fs::metadata(file).map_or(0, |found| found.len());
    match (length(log), length(file)) {
        (1.., _) => false,
        (0, 0) => true,
        // Whoever closes a file that this process has open already gives its locks up. One without tables has nobody open.
        (0, PAGE_AND_MORE..) => false,
        (0, _) => {
            let mut head = [0; 105];
            let read = File::open(file).and_then(|file| file.read_exact_at(&mut head, 0));
            // The first page is a leaf of the table of tables, which has no cell (sqlite.org/fileformat2.html, 1.6).
            read.is_ok() && head.starts_with(MAGIC) && head[100] == 0x0d && head[103..105] == [0, 0]
        }
    }
}

/// Where it is noted that a database was found to be damaged.
pub(in crate::store) fn mark(path: &str) -> PathBuf {
    beside(Path::new(path), MARK)
}

/// # Errors
/// If it was found to be damaged while a server had it open: what can be read of it now may be whole, and lack what was accepted.
fn unmarked(file: &Path) -> Result<(), DbErr> {
    let mark = beside(file, MARK);
    let Ok(damage) = fs::read_to_string(&mark) else { return Ok(()) };
    let mark = mark.display();
    Err(damaged(&format!("it was found to be ({}); whoever knows better removes {mark}", damage.trim())))
}

/// # Errors
/// If a server has the file open, and one of the files beside it was deleted.
fn shared(file: &Path) -> Result<(), DbErr> {
    let missing = BESIDE.into_iter().find(|(suffix, _)| !beside(file, suffix).exists());
    match missing {
        Some((_, what)) if is_served(file) => Err(gone(&format!("{what} was deleted: restart the server first"))),
        _ => Ok(()),
    }
}

/// Whether a server has the file: each keeps such a lock, for as long as it lives.
fn is_served(file: &Path) -> bool {
    let lock = File::open(beside(file, LOCK.0));
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// The log of a database.
pub(super) fn log_of(path: &Path) -> PathBuf {
    beside(path, LOG)
}

/// The file beside a database with this ending.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut beside = OsString::from(path);
    beside.push(suffix);
    beside.into()
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

/// The file that was opened. Whatever is written after it, or what stands beside it, was deleted or replaced is lost with the next
/// restart, or when somebody else writes, although the engine notices nothing.
#[derive(Debug)]
pub struct DatabaseFile {
    parts: [Part; 3],
    /// Once there is one: a server makes it after it has opened the file.
    lock: OnceLock<Part>,
    /// Never closed: with any descriptor of it that this process closes, the locks of SQLite's own are gone, and another
    /// program takes itself for the last one and deletes the log (sqlite.org/howtocorrupt.html, 2.2).
    file: File,
}

impl DatabaseFile {
    /// The file at this path, once it is open. None for a database that is in no file.
    pub(super) fn opened(path: &Path) -> Option<Self> {
        let path = fs::canonicalize(path).ok()?;
        let [log, shared] = BESIDE.map(|(suffix, what)| Part::found(beside(&path, suffix), what));
        let file = File::open(&path).ok()?;
        let parts = [Part::found(path, "the database file")?, log?, shared?];
        Some(Self { parts, lock: OnceLock::new(), file })
    }

    /// # Errors
    /// If what is written would be lost.
    pub(in crate::store) fn check(&self) -> Result<(), DbErr> {
        self.parts.iter().try_for_each(Part::check)?;
        match self.lock.get() {
            Some(lock) => lock.check(),
            None => {
                if let Some(lock) = Part::found(beside(&self.parts[0].path, LOCK.0), LOCK.1) {
                    _ = self.lock.set(lock);
                }
                Ok(())
            }
        }
    }

    /// Whether somebody else has put another file in the place of one of ours, and may have written what we know nothing of. Into a
    /// log that is still empty nobody has: then all that counts is what ours holds.
    pub(in crate::store) fn is_anothers(&self) -> bool {
        let [file, log, shared] = &self.parts;
        file.is_replaced() || shared.is_replaced() || log.is_replaced() && !log.is_empty()
    }

    /// # Errors
    /// If its log is damaged.
    pub(in crate::store) fn check_log(&self) -> Result<(), DbErr> {
        log::check(&self.parts[1].path)
    }

    /// # Errors
    /// As [`DatabaseFile::check`], or if it does not begin as a database any more.
    pub(in crate::store) fn check_content(&self) -> Result<(), DbErr> {
        self.check()?;
        let mut magic = [0; MAGIC.len()];
        match self.file.read_exact_at(&mut magic, 0) {
            Ok(()) if &magic == MAGIC => Ok(()),
            _ => Err(damaged("the file does not begin as a database")),
        }
    }
}

/// A file that makes up a database.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    what: &'static str,
    /// Device and number.
    identity: (u64, u64),
}

impl Part {
    fn found(path: PathBuf, what: &'static str) -> Option<Self> {
        Some(Self { identity: identity(&path)?, path, what })
    }

    fn check(&self) -> Result<(), DbErr> {
        match identity(&self.path) {
            None => Err(gone(&format!("{} was deleted", self.what))),
            Some(_) if self.is_replaced() => Err(gone(&format!("{} was replaced: restart the server", self.what))),
            Some(_) => Ok(()),
        }
    }

    fn is_empty(&self) -> bool {
        fs::metadata(&self.path).is_ok_and(|found| found.len() == 0)
    }

    fn is_replaced(&self) -> bool {
        identity(&self.path).is_some_and(|found| found != self.identity)
    }
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
}
