//! Bulk jobs and their rows. What is done with them is for `provisioning::bulk` to say.

use std::collections::HashMap;

use domain::{
    Timestamp,
    bulk::{Action, Outcome, RowError},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, LockBehavior, LockType, Order, Query},
};

use super::{
    Store, Tenant, Work,
    entity::{bulk_job, bulk_row},
    ids::{ApiTokenId, BulkJobId, PartnerId, SubscriberId},
    page::{self, Page, Window},
    row::{Unreadable, changed, readable},
};
use crate::fault::Trouble;

/// Many changes that a client of the REST API asked for at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkJob {
    /// Its id.
    pub id: BulkJobId,
    /// Of which partner the subscribers are.
    pub partner_id: PartnerId,
    /// With which token it was asked for.
    pub token_id: ApiTokenId,
    /// What is done with each row.
    pub action: Action,
    /// How many rows it has.
    pub size: i32,
    /// Until when a server works on it, or when the last one left off: also the order of turns.
    pub lease_until: Timestamp,
    /// Since when.
    pub created_at: Timestamp,
    /// None until every row has its outcome.
    pub finished_at: Option<Timestamp>,
    /// The columns of its file that nobody knows.
    pub ignored_columns: Vec<String>,
}

impl TryFrom<bulk_job::Model> for BulkJob {
    type Error = Unreadable;

    fn try_from(row: bulk_job::Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "bulk_job", id: row.id.into(), column };
        let ignored = row.ignored_columns.as_deref().map(serde_json::from_str).transpose();
        Ok(Self {
            action: Action::parse(&row.action).ok_or(unreadable("action"))?,
            ignored_columns: ignored.map_err(|_| unreadable("ignored_columns"))?.unwrap_or_default(),
            id: row.id,
            partner_id: row.partner_id,
            token_id: row.token_id,
            size: row.size,
            lease_until: Timestamp(row.lease_until),
            created_at: Timestamp(row.created_at),
            finished_at: row.finished_at.map(Timestamp),
        })
    }
}

impl From<BulkJob> for bulk_job::Model {
    fn from(job: BulkJob) -> Self {
        Self {
            id: job.id,
            partner_id: job.partner_id,
            token_id: job.token_id,
            action: job.action.as_str().to_owned(),
            size: job.size,
            lease_until: job.lease_until.0,
            created_at: job.created_at.0,
            finished_at: job.finished_at.map(|at| at.0),
            ignored_columns: (!job.ignored_columns.is_empty()).then(|| json(&job.ignored_columns)),
        }
    }
}

/// One change of a bulk job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkRow {
    /// The job.
    pub job_id: BulkJobId,
    /// Its place in the job, from 1.
    pub number: i32,
    /// What was written in it, as JSON; none once it has its outcome.
    pub written: Option<String>,
    /// The subscriber that it names or made.
    pub subscriber_id: Option<SubscriberId>,
    /// None until it was carried out.
    pub outcome: Option<Outcome>,
    /// What is wrong with it.
    pub errors: Vec<RowError>,
    /// Its first line in the file that the job was made of, if it was one.
    pub line: Option<i32>,
}

impl TryFrom<bulk_row::Model> for BulkRow {
    type Error = Unreadable;

    fn try_from(row: bulk_row::Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "bulk_row", id: row.job_id.into(), column };
        let outcome = row.outcome.as_deref().map(|name| Outcome::parse(name).ok_or(unreadable("outcome")));
        let errors = row.errors.as_deref().map(serde_json::from_str).transpose();
        Ok(Self {
            outcome: outcome.transpose()?,
            errors: errors.map_err(|_| unreadable("errors"))?.unwrap_or_default(),
            job_id: row.job_id,
            number: row.number,
            written: row.written,
            subscriber_id: row.subscriber_id,
            line: row.line,
        })
    }
}

impl From<BulkRow> for bulk_row::Model {
    fn from(row: BulkRow) -> Self {
        Self {
            job_id: row.job_id,
            number: row.number,
            written: row.written,
            subscriber_id: row.subscriber_id,
            outcome: row.outcome.map(|outcome| outcome.as_str().to_owned()),
            errors: (!row.errors.is_empty()).then(|| json(&row.errors)),
            line: row.line,
        }
    }
}

fn json<T: serde::Serialize>(list: &[T]) -> String {
    serde_json::to_string(list).unwrap_or_default()
}

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
    bulk_job::Model::from(job).into_active_model().insert(&**work).await?;
    let rows = rows.into_iter().map(bulk_row::Model::from);
    let mut rows = rows.map(|row| row.into_active_model().reset_all()).peekable();
    while rows.peek().is_some() {
        bulk_row::Entity::insert_many(rows.by_ref().take(CHUNK)).exec_without_returning(&**work).await?;
    }
    Ok(())
}

/// The tenant's job of that id.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: BulkJobId) -> Result<Option<BulkJob>, Trouble> {
    let own = bulk_job::Entity::find_by_id(id).filter(bulk_job::Column::PartnerId.eq(tenant.partner()));
    Ok(own.one(db).await?.map(BulkJob::try_from).transpose()?)
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
    let number = (bulk_row::Column::Number, |row: &bulk_row::Model| row.number);
    Ok(page::oldest_first(db, rows, number, window).await?.readable())
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
    let claimed = bulk_job::Entity::update_many()
        .col_expr(bulk_job::Column::LeaseUntil, Expr::value(until.0))
        .filter(bulk_job::Column::Id.in_subquery(next))
        .exec_with_returning(&*work)
        .await?;
    work.commit().await?;
    Ok(readable(claimed).pop())
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
/// If it cannot be read, or the database fails.
pub async fn lock(work: &Work, job: &BulkJob, number: i32) -> Result<Option<BulkRow>, Trouble> {
    let found = bulk_row::Entity::find_by_id((job.id, number)).lock_exclusive().one(&**work).await?;
    Ok(found.filter(|row| row.outcome.is_none()).map(BulkRow::try_from).transpose()?)
}

/// Writes down what has changed of a row that was `before`.
///
/// # Errors
/// If the database fails.
pub async fn settle(work: &Work, before: &BulkRow, after: BulkRow) -> Result<(), DbErr> {
    let (before, after): (bulk_row::Model, bulk_row::Model) = (before.clone().into(), after.into());
    changed::<bulk_row::ActiveModel>(before, after).update(&**work).await.map(drop)
}

/// Ends a job's lease, for its next turn or for good.
///
/// # Errors
/// If the database fails.
pub async fn release(work: &Work, job: &BulkJob, now: Timestamp, finished: bool) -> Result<(), DbErr> {
    let released = BulkJob { lease_until: now, finished_at: finished.then_some(now), ..job.clone() };
    let (before, after): (bulk_job::Model, bulk_job::Model) = (job.clone().into(), released.into());
    changed::<bulk_job::ActiveModel>(before, after).update(&**work).await.map(drop)
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
