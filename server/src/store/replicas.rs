//! Several servers on one PostgreSQL tell each other what changed, by LISTEN and NOTIFY.
//!
//! A notification is part of the transaction that it tells of, so it comes after the commit or not at all. One that is
//! lost does no harm: the worker looks for tasks by itself, and pages are told to read again when a connection was lost.

use std::{convert::Infallible, io::ErrorKind, time::Duration};

use domain::Timestamp;
use sea_orm::{
    ConnectionTrait as _, DbBackend, DbErr, SqlxError, Statement,
    sqlx::{
        postgres::{PgConnectOptions, PgListener, PgNotification, PgPoolOptions},
        query,
    },
};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use super::{postgres::plain, transaction::Transaction};
use crate::{
    condition::Condition,
    live::{Change, Live, News},
};

const CHANNEL: &str = "flowthrough";
/// PostgreSQL takes less than 8,000 bytes at once; a change has about a hundred and sixty.
const CHANGES: usize = 40;
/// How long to wait before connecting again.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long nothing may be heard before it is tried whether anything can be.
const QUIET: Duration = Duration::from_secs(5);
/// How long that, or a connection, may take.
const ANSWER: Duration = Duration::from_secs(3);

/// What one server notifies the others of at once.
#[derive(Serialize, Deserialize)]
struct Announcement {
    /// Who tells it: a server that hears itself need not listen.
    origin: Uuid,
    changes: Vec<Change>,
    tasks: bool,
}

/// Tells the other servers, once the transaction is committed. Does nothing on SQLite, where there are none.
///
/// # Errors
/// If the database fails.
pub(super) async fn announce(
    transaction: &Transaction,
    live: &Live,
    changes: &[Change],
    tasks: bool,
) -> Result<(), DbErr> {
    let nothing = changes.is_empty() && !tasks;
    if nothing || transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // No changes are one announcement too: there are tasks.
    for at in (0..changes.len().max(1)).step_by(CHANGES) {
        let changes = changes[at..].iter().take(CHANGES).copied().collect();
        let announcement = Announcement { origin: live.origin(), changes, tasks };
        let text = serde_json::to_string(&announcement).map_err(|error| DbErr::Json(error.to_string()))?;
        let notify = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "SELECT pg_notify($1, $2)",
            [CHANNEL.into(), text.into()],
        );
        transaction.execute_raw(notify).await?;
    }
    Ok(())
}

/// Hears what the other servers tell, for as long as it is polled.
pub async fn listen(url: String, live: Live) {
    let began = Instant::now();
    let condition = Condition::new("database", "other servers");
    loop {
        let Err(error) = listen_on(&url, &live, || condition.works(since(began))).await;
        condition.fails(since(began), "unheard", error);
        tokio::time::sleep(PATIENCE).await;
    }
}

/// A condition only wants to know how long something lasted.
fn since(began: Instant) -> Timestamp {
    Timestamp(i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX))
}

/// Returns when nothing can be heard any more.
async fn listen_on(url: &str, live: &Live, heard: impl Fn() -> bool) -> Result<Infallible, SqlxError> {
    let mut listener = in_time(connect(url)).await?;
    heard();
    // What was told before is not heard.
    live.notify(News::Missed);
    live.tasks_added();
    loop {
        match timeout(QUIET, next(&mut listener)).await {
            Ok(notification) => pass_on(&notification?, live),
            // Nobody has anything to tell, or it does not come through any more: then this does not, either.
            Err(_) => {
                in_time(ping(&mut listener, live)).await?;
                pass_on(&in_time(next(&mut listener)).await?, live);
            }
        }
    }
}

async fn connect(url: &str) -> Result<PgListener, SqlxError> {
    let options: PgConnectOptions = url.parse()?;
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(ANSWER).connect_with(plain(options)).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.ignore_pool_close_event(true);
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

async fn next(listener: &mut PgListener) -> Result<PgNotification, SqlxError> {
    // None: the connection was lost.
    listener.try_recv().await?.ok_or(SqlxError::WorkerCrashed)
}

/// Tells nothing, to hear it.
async fn ping(listener: &mut PgListener, live: &Live) -> Result<(), SqlxError> {
    let nothing = Announcement { origin: live.origin(), changes: Vec::new(), tasks: false };
    let text = serde_json::to_string(&nothing).map_err(|error| SqlxError::Encode(error.into()))?;
    query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(text).execute(listener).await.map(drop)
}

/// Waits no longer than an answer takes.
async fn in_time<T>(call: impl Future<Output = Result<T, SqlxError>>) -> Result<T, SqlxError> {
    timeout(ANSWER, call).await.unwrap_or_else(|_| Err(SqlxError::Io(ErrorKind::TimedOut.into())))
}

fn pass_on(notification: &PgNotification, live: &Live) {
    let Ok(announcement) = serde_json::from_str::<Announcement>(notification.payload()) else {
        // A newer version may tell more than this one understands.
        return live.notify(News::Missed);
    };
    if announcement.origin == live.origin() {
        return;
    }
    for change in announcement.changes {
        live.notify(News::Changed(change));
    }
    if announcement.tasks {
        live.tasks_added();
    }
}
