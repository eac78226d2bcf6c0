//! What was written by a clock that ran ahead. Whose it is does not matter: a clock is every partner's.

use domain::{
    Timestamp, limit,
    timestamp::{DAY, HOUR, MINUTE},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, DbBackend, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _,
    QuerySelect as _, Statement,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    Store,
    entity::{
        bulk_job, directory_sync, former_provisioning_id, history, hub_session, hub_sign_in, idempotency_key,
        oidc_sign_in, passkey_ceremony, portal_session, proof, proof_secret, second_factor, task, throttle, webhook,
    },
};

/// By how much two clocks may differ that are both right, in milliseconds.
pub const SKEW: i64 = MINUTE;
/// No server keeps anything to itself for longer than this without saying so again, in milliseconds.
const LEASE: i64 = 2 * MINUTE;
/// No limit counts for longer than this, in milliseconds.
const WINDOW: i64 = HOUR;
/// How long a call with an Idempotency-Key is left to whoever began it, in milliseconds.
const CLAIM: i64 = MINUTE;
/// How often a directory is synced, in milliseconds.
const SYNC: i64 = DAY;

/// Brings back whatever is later than anything that could be written now. A task is leased for so long, and may be in doubt
/// for so long, in milliseconds.
///
/// # Errors
/// If the database fails; then it has to be done again.
pub async fn bring_back(store: &Store, now: Timestamp, (lease, doubt): (i64, i64)) -> Result<(), DbErr> {
    tasks_no_later(store, now, doubt).await?;
    no_later(store, task::Column::CreatedAt, now).await?;
    no_later(store, task::Column::RefusedSince, now).await?;
    no_later(store, task::Column::AcceptedSince, now).await?;
    no_later(store, task::Column::LeaseUntil, now.plus(lease)).await?;
    no_later(store, task::Column::DoubtUntil, now.plus(doubt)).await?;
    no_later(store, task::Column::EarlierDoubt, now.plus(doubt)).await?;
    no_later(store, bulk_job::Column::LeaseUntil, now.plus(LEASE)).await?;
    no_later(store, webhook::Column::RunAt, now).await?;
    no_later(store, webhook::Column::LeaseUntil, now.plus(LEASE)).await?;
    no_later(store, directory_sync::Column::LeaseUntil, now.plus(LEASE)).await?;
    no_later(store, directory_sync::Column::DueAt, now.plus(SYNC)).await?;
    no_later(store, idempotency_key::Column::ClaimedUntil, now.plus(CLAIM)).await?;
    no_later(store, throttle::Column::EndsAt, now.plus(WINDOW)).await?;
    no_later(store, proof::Column::CreatedAt, now).await?;
    no_later(store, proof_secret::Column::CreatedAt, now).await?;
    let former = now.plus(limit::FORMER_PROVISIONING_ID);
    no_later(store, former_provisioning_id::Column::Until, former).await?;
    no_later(store, portal_session::Column::ExpiresAt, now.plus(limit::PORTAL_SESSION)).await?;
    no_later(store, portal_session::Column::SeenAt, now).await?;
    no_later(store, hub_session::Column::SeenAt, now).await?;
    no_later(store, hub_session::Column::CreatedAt, now).await?;
    no_later(store, hub_sign_in::Column::CreatedAt, now).await?;
    no_later(store, oidc_sign_in::Column::CreatedAt, now).await?;
    no_later(store, passkey_ceremony::Column::CreatedAt, now).await?;
    no_later(store, second_factor::Column::CreatedAt, now).await?;
    // Else no code would count until the time has come for which the last one was.
    no_later(store, second_factor::Column::UsedUntil, now).await
}

/// What waits is tried again at once: too early costs an attempt, too late may cost hours. But an order that waits until nothing
/// of an earlier one can happen any more has to wait as long as any.
async fn tasks_no_later(store: &Store, now: Timestamp, doubt: i64) -> Result<(), DbErr> {
    let (run_at, doubt_until) = (Expr::col(task::Column::RunAt), Expr::col(task::Column::DoubtUntil));
    let waits = doubt_until.clone().ne(0).and(run_at.clone().gte(doubt_until));
    let work = store.work().await?;
    task::Entity::update_many()
        .col_expr(task::Column::RunAt, Expr::case(waits, now.plus(doubt).0).finally(now.0).into())
        .filter(run_at.gt(now.plus(SKEW).0))
        .exec(&*work)
        .await?;
    work.commit().await
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

/// What time it is for the database's own machine. SQLite has no other than ours.
///
/// # Errors
/// If the database fails.
pub async fn of_database(store: &Store) -> Result<Option<Timestamp>, DbErr> {
    let backend = store.backend();
    if backend != DbBackend::Postgres {
        return Ok(None);
    }
    let ask = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint) AS now";
    let now = store.read().query_one_raw(Statement::from_string(backend, ask)).await?;
    now.map(|row| row.try_get("", "now").map(Timestamp)).transpose()
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
