//! How long the database is waited for.

use std::{cell::Cell, time::Duration};

use sea_orm::{DbBackend, DbErr};
use tokio::time::Instant;

use crate::store::interruption;

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
    /// For a transaction to end: all its work is done by then.
    pub(super) end: Duration,
    /// For what somebody else keeps, on PostgreSQL: SQLite has one lock, and it is waited for before anything is done.
    pub(super) lock: Duration,
}

/// How long an idle connection may take to show that it is still one.
pub(super) const PING: Duration = Duration::from_millis(500);
/// How long one attempt to get a connection may take, and how long SQLite waits for another process' lock.
pub(super) const CONNECT: Duration = Duration::from_millis(1_400);
pub(super) const BUSY: Duration = Duration::from_secs(1);
/// How long a request's statement waits for a lock: also twice that, behind others who wait in vain, is less than [`AT_THE_DOOR`].
const LOCK: Duration = Duration::from_millis(900);
/// After how long a statement is late: from then on it counts whether the database answers anybody.
pub(super) const LATE: Duration = Duration::from_secs(1);
/// How long a call may take for which nobody is waiting.
const UNHURRIED: Duration = Duration::from_secs(30);
/// How long one request may wait in vain altogether.
const AT_THE_DOOR: Duration = Duration::from_millis(1_800);

impl Patience {
    /// Of somebody who waits for a page or an answer: they are told within two seconds that the database is away.
    pub(super) const fn of_requests(backend: DbBackend) -> Self {
        Self {
            stall: CONNECT,
            queue: Duration::from_secs(10),
            statement: over_network(backend, Duration::from_secs(5)),
            end: over_network(backend, CONNECT),
            lock: LOCK,
        }
    }

    /// Of somebody who can do without, and has something else to wait for.
    pub(super) const fn in_passing(backend: DbBackend) -> Self {
        let stall = Duration::from_millis(150);
        Self { stall, queue: stall, ..Self::of_requests(backend) }
    }

    /// Of the engine and of commands: nobody looks on, and what they do may be large.
    pub(super) const fn in_background() -> Self {
        Self {
            stall: Duration::from_secs(8),
            queue: Duration::from_secs(60),
            statement: UNHURRIED,
            end: UNHURRIED,
            lock: Duration::from_secs(24),
        }
    }
}

tokio::task_local! {
    /// How long this request has waited in vain.
    static WAITED: Cell<Duration>;
}

/// Answers a request. What it waits for the database in vain adds up, over however many calls: whoever stands at the door waits for
/// all of them.
pub async fn at_the_door<T>(answer: impl Future<Output = T>) -> T {
    WAITED.scope(Cell::default(), answer).await
}

/// How much of this is left to a call: all of it, unless the request that makes it has waited in vain before.
pub(super) fn left_of(longest: Duration) -> Duration {
    let waited = WAITED.try_with(Cell::get).unwrap_or_default();
    if waited.is_zero() { longest } else { longest.min(AT_THE_DOOR.saturating_sub(waited)) }
}

/// Makes a call, and notes how long it was waited for if that was in vain.
pub(super) async fn waited<T>(call: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    let began = Instant::now();
    let outcome = call.await;
    if outcome.as_ref().is_err_and(|error| interruption(error).is_some()) {
        // Who works by himself has nobody at the door.
        let _ = WAITED.try_with(|waited| waited.set(waited.get() + began.elapsed()));
    }
    outcome
}

/// SQLite answers out of this process: there is no network to fall silent, and a statement given up goes on all the same.
const fn over_network(backend: DbBackend, longest: Duration) -> Duration {
    match backend {
        DbBackend::Sqlite => UNHURRIED,
        _ => longest,
    }
}
