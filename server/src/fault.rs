//! How a failure travels through the server until somebody answers it.

use app::problem::Problem;
use axum::http::StatusCode;
use domain::Fault;
use sea_orm::{DbErr, RuntimeErr, SqlxError, sqlx::postgres::PgDatabaseError};
use uuid::Uuid;

/// After how many milliseconds to try again when the database cannot be used.
const INTERRUPTION: i64 = 2_000;

/// A row holds what was never written: by a later version, or by somebody with a shell. It is its owner's trouble: whoever
/// wants that very row hears of it, and lists go on without it (`store/row.rs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{column} of {table} {id} cannot be read")]
pub struct Unreadable {
    /// Of which table.
    pub table: &'static str,
    /// Its id.
    pub id: Uuid,
    /// What cannot be understood.
    pub column: &'static str,
}

/// Either a fault of the catalogue, which is somebody's to fix, or an accident, which is ours.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Something the catalogue knows; `retry_after` in milliseconds.
    #[error("{fault}")]
    Known {
        /// Which fault.
        fault: Fault,
        /// Milliseconds after which trying again makes sense.
        retry_after: Option<i64>,
    },
    /// The database cannot be used now. The store has told the log.
    #[error("database: {0}")]
    Interrupted(DbErr),
    /// The database refused something.
    #[error("database: {0}")]
    Database(DbErr),
    /// A row holds what was never written.
    #[error("{0}")]
    Unreadable(#[from] Unreadable),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Known { fault, retry_after: None }
    }
}

impl From<DbErr> for Trouble {
    fn from(error: DbErr) -> Self {
        if interruption(&error).is_some() { Self::Interrupted(error) } else { Self::Database(error) }
    }
}

impl Trouble {
    /// A fault that passes by itself in so many milliseconds.
    #[must_use]
    pub const fn wait(fault: Fault, retry_after: i64) -> Self {
        Self::Known { fault, retry_after: Some(retry_after) }
    }

    /// Whether the database cannot be used now: the store logs it, once, and whoever works by himself goes on
    /// when it can.
    #[must_use]
    pub const fn is_interruption(&self) -> bool {
        matches!(self, Self::Interrupted(_))
    }

    /// The fault by which it is told, and after how many milliseconds trying again makes sense.
    #[must_use]
    pub const fn fault(&self) -> (Fault, Option<i64>) {
        match self {
            Self::Known { fault, retry_after } => (*fault, *retry_after),
            Self::Interrupted(_) => (Fault::StoreUnavailable, Some(INTERRUPTION)),
            Self::Database(_) | Self::Unreadable(_) => (Fault::Internal, None),
        }
    }

    /// What the person or client is told. An accident is logged here, once, under the tracking id that they are given.
    #[must_use]
    pub fn problem(self, tracking_id: impl FnOnce() -> String) -> Problem {
        let (fault, retry_after) = self.fault();
        let tracking_id = match self {
            Self::Known { .. } | Self::Interrupted(_) => None,
            Self::Database(_) | Self::Unreadable(_) => {
                let tracking_id = tracking_id();
                tracing::error!(%tracking_id, error = %self, "a request failed");
                Some(tracking_id)
            }
        };
        let retry_after = retry_after.map(|ms| u32::try_from((ms + 999) / 1_000).unwrap_or(0).max(1));
        Problem { fault, retry_after, tracking_id }
    }
}

/// Two want the same row: [`interruption`]'s word for what passes as soon as one of them is done.
pub const CONTENDED: &str = "contended";
/// Another process writes: [`interruption`]'s word for that.
pub const LOCKED: &str = "locked";
/// It did not answer: [`interruption`]'s word for what we gave up waiting for.
pub const SILENT: &str = "silent";
/// It took too long: [`interruption`]'s word for what we broke off ourselves.
pub const BROKEN_OFF: &str = "broken_off";
/// The database itself broke off what took too long: [`interruption`]'s word for that.
pub const SLOW: &str = "slow";
/// The database's own file is damaged: [`interruption`]'s word for what does not pass.
pub const DAMAGED: &str = "damaged";

/// Whether this word of [`interruption`]'s only says that the database is away. In one outage it is so in one way after the other: it
/// stops, the connections are lost, and nobody answers any more.
#[must_use]
pub fn is_away(cause: &str) -> bool {
    matches!(cause, SILENT | LOCKED | "unreachable" | "connection_lost" | "stopped" | SLOW)
}

/// Why the database cannot be used, in one word, if that is what this error says: the disk, the network or another program
/// is in the way, and the same call may succeed later. Anything else is the database's answer to what it was asked.
#[must_use]
pub fn interruption(error: &DbErr) -> Option<&'static str> {
    match error {
        DbErr::ConnectionAcquire(_) => Some("unreachable"),
        DbErr::Conn(RuntimeErr::Internal(_)) => Some(SILENT),
        DbErr::Conn(RuntimeErr::SqlxError(error)) => Some(of_driver(error).unwrap_or("unreachable")),
        DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error)) => of_driver(error),
        _ => None,
    }
}

fn of_driver(error: &SqlxError) -> Option<&'static str> {
    match error {
        SqlxError::PoolTimedOut | SqlxError::PoolClosed => Some("unreachable"),
        SqlxError::Io(_)
        | SqlxError::Tls(_)
        | SqlxError::Protocol(_)
        | SqlxError::WorkerCrashed
        | SqlxError::BeginFailed => Some("connection_lost"),
        SqlxError::Database(error) => {
            let code = error.code()?;
            match error.try_downcast_ref::<PgDatabaseError>() {
                Some(_) => of_postgres(&code),
                None => of_sqlite(code.parse().ok()?),
            }
        }
        _ => None,
    }
}

/// By result code (sqlite.org/rescode.html), the extended ones with their primary one in the lowest byte.
const fn of_sqlite(code: u32) -> Option<&'static str> {
    match code & 0xff {
        // IOERR_SHORT_READ: a file ends before what was written into it.
        _ if code == 522 => Some(DAMAGED),
        // BUSY, LOCKED, PROTOCOL
        5 | 6 | 15 => Some(LOCKED),
        // NOMEM
        7 => Some("memory"),
        // READONLY
        8 => Some("read_only"),
        // INTERRUPT
        9 => Some(BROKEN_OFF),
        // IOERR
        10 => Some("io"),
        // CORRUPT, NOTADB
        11 | 26 => Some(DAMAGED),
        // FULL
        13 => Some("full"),
        // CANTOPEN
        14 => Some("unreachable"),
        _ => None,
    }
}

/// By SQLSTATE (PostgreSQL's appendix A), the class first.
fn of_postgres(code: &str) -> Option<&'static str> {
    match (code.get(..2)?, code) {
        ("08", _) => Some("connection_lost"),
        ("40", _) | (_, "55P03") => Some(CONTENDED),
        (_, "53100") => Some("full"),
        ("53", _) => Some("resources"),
        (_, "57014") => Some(SLOW),
        ("57", _) | (_, "25P03") => Some("stopped"),
        ("58", _) => Some("io"),
        (_, "25006") => Some("read_only"),
        // There are no tables, or they are another's: it is another database by this name, or has lost its owner.
        (_, "42P01" | "3F000" | "42501") => Some("not_ours"),
        (_, "XX001" | "XX002") => Some(DAMAGED),
        _ => None,
    }
}

/// Which HTTP status stands for a fault, to clients of the API (the vendor's choice, where its API has one) and to pages.
#[must_use]
pub const fn status(fault: Fault) -> StatusCode {
    match fault {
        Fault::Unauthorized | Fault::AdapterUnauthorized | Fault::NotSignedIn | Fault::SessionEnded => {
            StatusCode::UNAUTHORIZED
        }
        Fault::ScopeMissing | Fault::PermissionMissing | Fault::FactorRequired => StatusCode::FORBIDDEN,
        Fault::UnknownResource | Fault::NotFound => StatusCode::NOT_FOUND,
        Fault::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Fault::UserIdTaken
        | Fault::AddressInUse
        | Fault::AlreadyProvisioned
        | Fault::AddressSettled
        | Fault::LinkSuperseded
        | Fault::ChangedMeanwhile
        | Fault::MeantForAnother
        | Fault::ConsentNotAwaited
        | Fault::DirectorySyncOff
        | Fault::PersonExists
        | Fault::LastFullAdministrator
        | Fault::MailedRecently
        | Fault::NothingToRetry
        | Fault::RequestUnderWay
        | Fault::AnswerLost => StatusCode::CONFLICT,
        Fault::Misdirected => StatusCode::MISDIRECTED_REQUEST,
        Fault::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Fault::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::InProgress => StatusCode::LOCKED,
        Fault::TooManyAttempts | Fault::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Fault::DirectoryUnavailable => StatusCode::BAD_GATEWAY,
        Fault::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Fault::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
