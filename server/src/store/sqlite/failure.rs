//! What SQLite says when something does not work, in the form that the rest of the store knows from PostgreSQL.

use std::{borrow::Cow, error::Error, fmt, io};

use rusqlite::ffi::{SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_UNIQUE};
use sea_orm::{
    DbErr, RuntimeErr, SqlxError,
    sqlx::error::{DatabaseError, ErrorKind},
};

/// A result code (sqlite.org/rescode.html) and SQLite's own words, without the statement, whose values could name somebody.
#[derive(Debug)]
struct Failure {
    code: i32,
    text: String,
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::SqliteFailure(code, text) => {
                Self { code: code.extended_code, text: text.unwrap_or_else(|| code.to_string()) }
            }
            rusqlite::Error::SqlInputError { error, msg, .. } => Self { code: error.extended_code, text: msg },
            other => Self { code: rusqlite::ffi::SQLITE_MISUSE, text: other.to_string() },
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (SQLite {})", self.text, self.code)
    }
}

impl Error for Failure {}

impl DatabaseError for Failure {
    fn message(&self) -> &str {
        &self.text
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        Some(self.code.to_string().into())
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> ErrorKind {
        match self.code {
            SQLITE_CONSTRAINT_UNIQUE | SQLITE_CONSTRAINT_PRIMARYKEY => ErrorKind::UniqueViolation,
            _ => ErrorKind::Other,
        }
    }
}

fn runtime(error: rusqlite::Error) -> RuntimeErr {
    RuntimeErr::SqlxError(SqlxError::Database(Box::new(Failure::from(error))).into())
}

/// Another process keeps the database to itself.
pub(super) fn locked() -> DbErr {
    let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    connecting(rusqlite::Error::SqliteFailure(busy, Some("database is locked".to_owned())))
}

/// The file is not what was written into it.
pub(in crate::store) fn damaged(how: &str) -> DbErr {
    let corrupt = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    connecting(rusqlite::Error::SqliteFailure(corrupt, Some(how.to_owned())))
}

/// What stands beside the file cannot be read.
pub(super) fn unreadable(error: &io::Error) -> DbErr {
    let failed = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_IOERR_READ);
    connecting(rusqlite::Error::SqliteFailure(failed, Some(error.to_string())))
}

/// How a statement that failed is reported.
pub(super) fn executing(error: rusqlite::Error) -> DbErr {
    DbErr::Exec(runtime(error))
}

/// How a connection that could not be made is reported.
pub(super) fn connecting(error: rusqlite::Error) -> DbErr {
    DbErr::Conn(runtime(error))
}
