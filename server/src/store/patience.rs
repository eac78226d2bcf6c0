//! How long the database is waited for.

use std::time::Duration;

use sea_orm::DbBackend;

/// How long one caller waits.
///
/// Waiting in a queue is no outage as long as the queue moves: so there is one limit for a database that lets nobody
/// through, and another one for a long queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// For a connection, while nobody else gets on either.
    pub(super) stall: Duration,
    /// For a connection, while others get on.
    pub(super) queue: Duration,
    /// For the answer to one statement.
    pub(super) statement: Duration,
}

/// How long an idle connection may take to show that it is still one.
pub(super) const PING: Duration = Duration::from_millis(500);
/// How long one attempt to get a connection may take, and how long SQLite waits for another process' lock.
pub(super) const CONNECT: Duration = Duration::from_millis(1_400);
pub(super) const BUSY: Duration = Duration::from_secs(1);

impl Patience {
    /// Of somebody who waits for a page or an answer: they are told within two seconds that the database is away.
    pub(super) const fn of_requests(backend: DbBackend) -> Self {
        Self { stall: CONNECT, queue: Duration::from_secs(10), statement: statement(backend, Duration::from_secs(5)) }
    }

    /// Of somebody who can do without, and has something else to wait for.
    pub(super) const fn in_passing(backend: DbBackend) -> Self {
        let stall = Duration::from_millis(150);
        Self { stall, queue: stall, ..Self::of_requests(backend) }
    }

    /// Of the engine and of commands: nobody looks on, and what they do may be large.
    pub(super) const fn in_background(backend: DbBackend) -> Self {
        Self {
            stall: Duration::from_secs(8),
            queue: Duration::from_secs(60),
            statement: statement(backend, Duration::from_secs(30)),
        }
    }
}

/// SQLite answers out of this process: there is no network to fall silent, and a statement given up goes on all the same.
const fn statement(backend: DbBackend, over_network: Duration) -> Duration {
    match backend {
        DbBackend::Sqlite => Duration::from_secs(30),
        _ => over_network,
    }
}
