//! Several servers on one PostgreSQL tell each other what changed, by LISTEN and NOTIFY.
//!
//! A notification is part of the transaction that it tells of, so it comes after the commit or not at all. One that is
//! lost does no harm: the worker looks for tasks by itself, and pages are told to read again when a connection was lost.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait as _, DatabaseTransaction, DbBackend, DbErr, Statement,
    sqlx::postgres::{PgListener, PgNotification},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::live::{Change, Live, News};

const CHANNEL: &str = "flowthrough";
/// PostgreSQL takes less than 8,000 bytes at once; a change has about a hundred.
const CHANGES: usize = 60;
/// How long to wait before connecting again.
const PATIENCE: Duration = Duration::from_secs(2);

/// What one server tells the others at once.
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
    transaction: &DatabaseTransaction,
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
    loop {
        if let Err(error) = hear(&url, &live).await {
            tracing::warn!(%error, "other servers are not heard; trying again");
        }
        tokio::time::sleep(PATIENCE).await;
    }
}

async fn hear(url: &str, live: &Live) -> Result<(), sea_orm::SqlxError> {
    let mut listener = PgListener::connect(url).await?;
    listener.listen(CHANNEL).await?;
    // What was told before is not heard.
    live.tell(News::Missed);
    live.tasks_added();
    loop {
        // None: the connection was lost and is made again; what was told meanwhile is not heard.
        match listener.try_recv().await? {
            Some(notification) => pass_on(&notification, live),
            None => {
                live.tell(News::Missed);
                live.tasks_added();
            }
        }
    }
}

fn pass_on(notification: &PgNotification, live: &Live) {
    let Ok(told) = serde_json::from_str::<Announcement>(notification.payload()) else {
        // A newer version may tell more than this one understands.
        return live.tell(News::Missed);
    };
    if told.origin == live.origin() {
        return;
    }
    for change in told.changes {
        live.tell(News::Changed(change));
    }
    if told.tasks {
        live.tasks_added();
    }
}
