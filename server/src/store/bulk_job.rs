//! Bulk jobs and their rows. What is done with them is for `provisioning::bulk` to say.

use std::collections::HashMap;

use domain::{Timestamp, bulk::Outcome};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, LockBehavior, LockType, Order, Query},
};

pub use super::entity::{bulk_job::Model as BulkJob, bulk_row::Model as BulkRow};
use super::{
    Store, Tenant, Work,
    entity::{bulk_job, bulk_row},
    ids::BulkJobId,
    page::{self, Page, Window},
    row::changed,
};

/// Rows to a statement when a job is stored: seven columns each, and SQLite takes 32,766 values.
const CHUNK: usize = 1_000;

/// Which rows of a job are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Those that are still to be carried out.
    Pending,
    /// Those with this outcome.
    With(Outcome),
}

/// Writes a new job down, with all its rows.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, job: BulkJob, rows: Vec<BulkRow>) -> Result<(), DbErr> {
    job.into_active_model().insert(&**work).await?;
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all()).peekable();
    while rows.peek().is_some() {
        bulk_row::Entity::insert_many(rows.by_ref().take(CHUNK)).exec_without_returning(&**work).await?;
    }
    Ok(())
}

/// The tenant's job of that id.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: BulkJobId) -> Result<Option<BulkJob>, DbErr> {
    bulk_job::Entity::find_by_id(id).filter(bulk_job::Column::PartnerId.eq(tenant.partner())).one(db).await
}

/// How many of a job's rows have which outcome.
///
/// # Errors
/// If the database fails.
pub async fn counts(db: &impl ConnectionTrait, job: &BulkJob) -> Result<HashMap<String, i64>, DbErr> {
    #[derive(FromQueryResult)]
    struct Count {
        outcome: Option<String>,
        rows: i64,
    }
    let counts: Vec<Count> = bulk_row::Entity::find()
        .select_only()
        .column(bulk_row::Column::Outcome)
        .column_as(bulk_row::Column::Number.count(), "rows")
        .filter(bulk_row::Column::JobId.eq(job.id))
        .group_by(bulk_row::Column::Outcome)
        .into_model()
        .all(db)
        .await?;
    Ok(counts.into_iter().filter_map(|count| Some((count.outcome?, count.rows))).collect())
}

/// A part of a job's rows, in their order.
///
/// # Errors
/// If the database fails.
pub async fn rows(
    db: &impl ConnectionTrait,
    job: &BulkJob,
    wanted: Option<Wanted>,
    window: Window<i32>,
) -> Result<Page<BulkRow, i32>, DbErr> {
    let fitting = wanted.map(|wanted| match wanted {
        Wanted::Pending => bulk_row::Column::Outcome.is_null(),
        Wanted::With(outcome) => bulk_row::Column::Outcome.eq(outcome.as_str()),
    });
    let rows = bulk_row::Entity::find()
        .filter(bulk_row::Column::JobId.eq(job.id))
        .apply_if(fitting, |rows, fitting| rows.filter(fitting));
    page::oldest_first(db, rows, (bulk_row::Column::Number, |row: &BulkRow| row.number), window).await
}

/// Leases the job that has waited longest, whichever partner's, if one waits.
///
/// # Errors
/// If the database fails.
pub async fn claim(store: &Store, now: Timestamp, until: Timestamp) -> Result<Option<BulkJob>, DbErr> {
    let waiting =
        Condition::all().add(bulk_job::Column::FinishedAt.is_null()).add(bulk_job::Column::LeaseUntil.lte(now.0));
    // Mostly there is none: that costs no transaction.
    let first = bulk_job::Entity::find().select_only().column(bulk_job::Column::Id).filter(waiting.clone());
    if first.into_tuple::<BulkJobId>().one(store.read()).await?.is_none() {
        return Ok(None);
    }
    let next = Query::select()
        .column(bulk_job::Column::Id)
        .from(bulk_job::Entity)
        .cond_where(waiting)
        .order_by(bulk_job::Column::LeaseUntil, Order::Asc)
        .order_by(bulk_job::Column::Id, Order::Asc)
        .limit(1)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .to_owned();
    let work = store.work().await?;
    let mut claimed = bulk_job::Entity::update_many()
        .col_expr(bulk_job::Column::LeaseUntil, Expr::value(until.0))
        .filter(bulk_job::Column::Id.in_subquery(next))
        .exec_with_returning(&*work)
        .await?;
    work.commit().await?;
    Ok(claimed.pop())
}

/// Ends every lease, for a server that has just started and knows that it is the only one: what another one left in the middle
/// goes on at once.
///
/// # Errors
/// If the database fails.
pub async fn free(store: &Store, now: Timestamp) -> Result<(), DbErr> {
    let work = store.work().await?;
    bulk_job::Entity::update_many()
        .col_expr(bulk_job::Column::LeaseUntil, now.0.into())
        .filter(bulk_job::Column::FinishedAt.is_null())
        .filter(bulk_job::Column::LeaseUntil.gt(now.0))
        .exec(&*work)
        .await?;
    work.commit().await
}

/// The numbers of a job's next rows that have no outcome yet.
///
/// # Errors
/// If the database fails.
pub async fn pending(db: &impl ConnectionTrait, job: &BulkJob, most: u64) -> Result<Vec<i32>, DbErr> {
    bulk_row::Entity::find()
        .select_only()
        .column(bulk_row::Column::Number)
        .filter(bulk_row::Column::JobId.eq(job.id))
        .filter(bulk_row::Column::Outcome.is_null())
        .order_by_asc(bulk_row::Column::Number)
        .limit(most)
        .into_tuple()
        .all(db)
        .await
}

/// A row, locked until the transaction ends, if it has no outcome yet.
///
/// # Errors
/// If the database fails.
pub async fn lock(work: &Work, job: &BulkJob, number: i32) -> Result<Option<BulkRow>, DbErr> {
    let found = bulk_row::Entity::find_by_id((job.id, number)).lock_exclusive().one(&**work).await?;
    Ok(found.filter(|row| row.outcome.is_none()))
}

/// Writes down what has changed of a row that was `before`.
///
/// # Errors
/// If the database fails.
pub async fn settle(work: &Work, before: &BulkRow, after: BulkRow) -> Result<(), DbErr> {
    changed::<bulk_row::ActiveModel>(before.clone(), after).update(&**work).await.map(drop)
}

/// Ends a job's lease, for its next turn or for good.
///
/// # Errors
/// If the database fails.
pub async fn release(work: &Work, job: &BulkJob, now: Timestamp, finished: bool) -> Result<(), DbErr> {
    let released = BulkJob { lease_until: now.0, finished_at: finished.then_some(now.0), ..job.clone() };
    changed::<bulk_job::ActiveModel>(job.clone(), released).update(&**work).await.map(drop)
}

/// Forgets jobs that were finished before that.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, before: Timestamp) -> Result<(), DbErr> {
    let old = bulk_job::Column::FinishedAt.lte(before.0);
    let jobs = bulk_job::Entity::find().select_only().column(bulk_job::Column::Id).filter(old.clone()).into_query();
    bulk_row::Entity::delete_many().filter(bulk_row::Column::JobId.in_subquery(jobs)).exec(&**work).await?;
    bulk_job::Entity::delete_many().filter(old).exec(&**work).await.map(drop)
}
