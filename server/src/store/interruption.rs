//! Whether a database cannot be used, or says no.

use sea_orm::{DbErr, RuntimeErr, SqlxError, sqlx::postgres::PgDatabaseError};

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

/// What does not pass by itself.
pub const DAMAGE: &str = "the database is damaged: stop the server, and put a good copy in its place";

/// Why it cannot be used, in words of our own: a driver's may name hosts and users, and anybody may ask.
#[must_use]
pub fn why(error: DbErr) -> String {
    match error {
        DbErr::Conn(RuntimeErr::Internal(ours)) => ours,
        theirs => match interruption(&theirs) {
            Some(DAMAGED) => DAMAGE.to_owned(),
            cause => format!("it cannot be written ({})", cause.unwrap_or("refused")),
        },
    }
}
