//! A clock that ran ahead and was set right.
//!
//! What was written meanwhile lies in a future that does not come for long: somebody would wait hours for what takes
//! minutes, and what ends after a while would not end. So whatever is later than anything that could be written now is
//! brought back to the latest that could be. Replicas' clocks may differ a little ([`SKEW`]).

use std::time::Duration;

use domain::{
    Timestamp, limit,
    timestamp::{DAY, HOUR, MINUTE, SECOND},
};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _},
};
use tokio::time::Instant;

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::queue,
    store::{
        Store,
        entity::{
            bulk_job, directory_sync, history, hub_session, idempotency_key, portal_session, proof, proof_secret, task,
            throttle, webhook,
        },
    },
};

/// By how much two clocks may differ that are both right, in milliseconds.
const SKEW: i64 = MINUTE;
/// How often to look whether the clock was set back.
const LOOK: Duration = Duration::from_secs(5);
/// No server keeps anything to itself for longer than this without saying so again, in milliseconds.
const LEASE: i64 = 2 * MINUTE;
/// No limit counts for longer than this, in milliseconds.
const WINDOW: i64 = HOUR;
/// How long a call with an Idempotency-Key is left to whoever began it, in milliseconds.
const CLAIM: i64 = MINUTE;
/// How often a directory is synced, in milliseconds.
const SYNC: i64 = DAY;

/// Brings back what was written by a clock that ran ahead.
///
/// # Errors
/// If the database fails; then it has to be done again.
pub async fn bring_back(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    // What waits is tried again at once: too early costs an attempt, too late may cost hours.
    no_later(store, task::Column::RunAt, now).await?;
    no_later(store, task::Column::CreatedAt, now).await?;
    no_later(store, task::Column::RefusedSince, now).await?;
    no_later(store, task::Column::AcceptedSince, now).await?;
    no_later(store, task::Column::LeaseUntil, now.plus(queue::LEASE)).await?;
    no_later(store, task::Column::DoubtUntil, now.plus(queue::LONGEST_CALL + queue::SETTLING)).await?;
    no_later(store, bulk_job::Column::LeaseUntil, now.plus(LEASE)).await?;
    no_later(store, webhook::Column::RunAt, now).await?;
    no_later(store, webhook::Column::LeaseUntil, now.plus(LEASE)).await?;
    no_later(store, directory_sync::Column::LeaseUntil, now.plus(LEASE)).await?;
    no_later(store, directory_sync::Column::DueAt, now.plus(SYNC)).await?;
    no_later(store, idempotency_key::Column::ClaimedUntil, now.plus(CLAIM)).await?;
    no_later(store, throttle::Column::EndsAt, now.plus(WINDOW)).await?;
    no_later(store, proof::Column::CreatedAt, now).await?;
    no_later(store, proof_secret::Column::CreatedAt, now).await?;
    no_later(store, portal_session::Column::ExpiresAt, now.plus(limit::PORTAL_SESSION)).await?;
    no_later(store, hub_session::Column::SeenAt, now).await?;
    no_later(store, hub_session::Column::CreatedAt, now).await?;
    Ok(())
}

/// A table at a time: whoever changes two of them may do so in another order.
async fn no_later<C: ColumnTrait>(store: &Store, column: C, latest: Timestamp) -> Result<(), DbErr>
where
    C::EntityName: EntityTrait<Column = C> + Default,
{
    let work = store.work().await?;
    C::EntityName::update_many()
        .col_expr(column, Expr::value(latest.0))
        .filter(Expr::col(column).gt(latest.plus(SKEW).0))
        .exec(&*work)
        .await?;
    work.commit().await
}

/// Whether the database holds changes that have not happened yet.
///
/// # Errors
/// If the database fails.
pub async fn was_ahead(store: &Store, now: Timestamp) -> Result<bool, DbErr> {
    let last: Option<i64> = history::Entity::find()
        .select_only()
        .column(history::Column::At)
        .order_by_desc(history::Column::Id)
        .limit(1)
        .into_tuple()
        .one(store.read())
        .await?;
    Ok(last.is_some_and(|at| at > now.plus(SKEW).0))
}

/// Looks, for as long as it is polled, whether the clock was set back, and brings back what was written before.
pub async fn watch(store: Store, environment: Environment) {
    let (mut wall, mut steady) = (environment.now(), Instant::now());
    let mut due = was_ahead(&store, wall).await.unwrap_or(false);
    loop {
        if due {
            tracing::warn!(event = "clock_set_back", "the clock was set back: what was written for later is due now");
            due = bring_back(&store, environment.now()).await.is_err();
        }
        tokio::time::sleep(LOOK).await;
        let (now, tick) = (environment.now(), Instant::now());
        let passed = i64::try_from(tick.duration_since(steady).as_millis()).unwrap_or(i64::MAX);
        due |= now.since(wall) < passed - 10 * SECOND;
        (wall, steady) = (now, tick);
    }
}
