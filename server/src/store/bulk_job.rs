//! Bulk jobs and their rows. What is done with them is for `provisioning::bulk` to say.

mod selection;
mod staged;

use domain::{
    BroadWorksId, Timestamp,
    bulk::{Action, Outcome, RowError},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, FromQueryResult,
    IntoActiveModel as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::ExprTrait as _,
};

use serde::Serialize;
use uuid::Uuid;

pub use self::{
    selection::{List, Selection},
    staged::{pending_rows_about, split, staged},
};
use super::{
    Actor, Rows, Store, Tenant, Work,
    due::Due,
    entity::{bulk_job, bulk_row},
    ids::{ApiTokenId, BulkJobId, PartnerId, SubscriberId},
    page::{self, Page, Window},
    row::{self, Unreadable, changed, readable},
};
use crate::store::Trouble;

/// Many changes that somebody asked for at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BulkJob {
    /// Its id.
    pub id: BulkJobId,
    /// Of which partner the subscribers are.
    pub partner_id: PartnerId,
    /// Who asked for it.
    pub actor: Actor,
    /// What is done with each row.
    pub action: Action,
    /// How many rows it has, as far as it is known whom it selects.
    pub size: i32,
    /// Whom it selects, until all of them are its rows.
    pub selection: Option<Selection>,
    /// Of which list its users are; none if they were named one by one.
    pub list: Option<List>,
    /// How many rows have which outcome. Of a job that is under way, about so many.
    pub tally: Tally,
    /// Until when a server works on it, or when the last one left off: also the order of turns.
    pub lease_until: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// None until every row has its outcome, or somebody has ended it early.
    pub finished_at: Option<Timestamp>,
    /// When somebody ended it early.
    pub cancelled_at: Option<Timestamp>,
    /// Since when it waits for approval, if it does.
    pub staged_at: Option<Timestamp>,
    /// The columns of its file that nobody knows.
    pub ignored_columns: Vec<String>,
}

/// How many rows have which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Carried out.
    pub accepted: i32,
    /// Nothing was to do.
    pub unchanged: i32,
    /// Refused.
    pub refused: i32,
}

impl Tally {
    /// One more.
    pub const fn count(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Accepted => self.accepted += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Refused => self.refused += 1,
        }
    }

    /// As many as both together.
    #[must_use]
    pub const fn and(self, more: Self) -> Self {
        Self {
            accepted: self.accepted + more.accepted,
            unchanged: self.unchanged + more.unchanged,
            refused: self.refused + more.refused,
        }
    }
}

/// What stands before the action of a job that a version from before must not carry out, because it would take it for done.
const NOT_YET: &str = "later:";
/// The same before one that waits for approval, of which a version from before knows nothing.
const STAGED: &str = "staged:";

impl TryFrom<bulk_job::Model> for BulkJob {
    type Error = Unreadable;

    fn try_from(row: bulk_job::Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "bulk_job", id: row.id.into(), column };
        let ignored = row.ignored_columns.as_deref().map(serde_json::from_str).transpose();
        let selection = row.selection.as_deref().map(serde_json::from_str).transpose();
        let list = row.list.as_deref().map(serde_json::from_str).transpose();
        let asked = row.actor.as_ref().map(|text| Actor::parse(text).ok_or(unreadable("actor"))).transpose()?;
        let before = [NOT_YET, STAGED].into_iter().find_map(|before| row.action.strip_prefix(before));
        let action = before.unwrap_or(&row.action);
        Ok(Self {
            action: Action::parse(action).ok_or(unreadable("action"))?,
            ignored_columns: ignored.map_err(|_| unreadable("ignored_columns"))?.unwrap_or_default(),
            selection: selection.map_err(|_| unreadable("selection"))?,
            list: list.map_err(|_| unreadable("list"))?,
            actor: asked.unwrap_or(Actor::Token(row.token_id)),
            id: row.id,
            partner_id: row.partner_id,
            size: row.size,
            tally: Tally { accepted: row.accepted, unchanged: row.unchanged, refused: row.refused },
            lease_until: Timestamp(row.lease_until),
            created_at: Timestamp(row.created_at),
            finished_at: row.finished_at.map(Timestamp),
            cancelled_at: row.cancelled_at.map(Timestamp),
            staged_at: row.staged_at.map(Timestamp),
        })
    }
}

impl From<BulkJob> for bulk_job::Model {
    fn from(job: BulkJob) -> Self {
        let before = match (job.staged_at, &job.selection) {
            (Some(_), _) => STAGED,
            (None, Some(_)) => NOT_YET,
            (None, None) => "",
        };
        let token_id = if let Actor::Token(id) = job.actor { id } else { ApiTokenId::from(Uuid::nil()) };
        Self {
            id: job.id,
            partner_id: job.partner_id,
            token_id,
            action: format!("{before}{}", job.action.as_str()),
            size: job.size,
            lease_until: job.lease_until.0,
            created_at: job.created_at.0,
            finished_at: job.finished_at.map(|at| at.0),
            ignored_columns: (!job.ignored_columns.is_empty()).then(|| json(&job.ignored_columns)),
            actor: Some(job.actor.to_string()),
            selection: job.selection.map(|selection| json(&selection)),
            list: job.list.map(|list| json(&list)),
            accepted: job.tally.accepted,
            unchanged: job.tally.unchanged,
            refused: job.tally.refused,
            cancelled_at: job.cancelled_at.map(|at| at.0),
            staged_at: job.staged_at.map(|at| at.0),
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
    /// Their BroadWorks id, as far as it is known; it stays when they are gone.
    pub user_id: Option<BroadWorksId>,
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
            user_id: row.user_id.as_deref().map(BroadWorksId::from_stored),
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
            user_id: row.user_id.map(Into::into),
            outcome: row.outcome.map(|outcome| outcome.as_str().to_owned()),
            errors: (!row.errors.is_empty()).then(|| json(&row.errors)),
            line: row.line,
        }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Rows to a statement when a job is stored: eight columns each, and SQLite takes 32,766 values.
const CHUNK: usize = 1_000;

/// Which rows of a job are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// Those that are still to be carried out.
    Pending,
    /// Those with this outcome.
    With(Outcome),
}

/// The tenant's jobs. Whoever does not see every customer sees those that they have asked for themselves.
fn own(tenant: Tenant) -> Condition {
    let asked_by = |id| bulk_job::Column::Actor.eq(Actor::Administrator(id).to_string());
    Condition::all()
        .add(bulk_job::Column::PartnerId.eq(tenant.partner()))
        .add_option(tenant.assigned_to().map(asked_by))
}

/// Writes a new job down, with all its rows.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, job: BulkJob, rows: Vec<BulkRow>) -> Result<(), DbErr> {
    bulk_job::Model::from(job).into_active_model().insert(&**work).await?;
    add(work, rows).await
}

/// Adds rows to a job that selects them.
///
/// # Errors
/// If the database fails.
pub async fn add(work: &Work, rows: Vec<BulkRow>) -> Result<(), DbErr> {
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
    let own = bulk_job::Entity::find_by_id(id).filter(own(tenant));
    Ok(own.one(db).await?.map(BulkJob::try_from).transpose()?)
}

/// The tenant's jobs, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn newest_first(
    db: &impl Rows,
    tenant: Tenant,
    window: Window<BulkJobId>,
) -> Result<Page<BulkJob, BulkJobId>, DbErr> {
    let jobs = bulk_job::Entity::find().filter(own(tenant));
    let id = (bulk_job::Column::Id, |job: &bulk_job::Model| job.id);
    Ok(page::newest_first(db, jobs, id, window).await?.readable())
}

/// The tenant's jobs that this one asked for and that are being carried out or about to be, the next to be begun first.
///
/// # Errors
/// If the database fails.
pub async fn open_of(db: &impl Rows, tenant: Tenant, actor: &Actor) -> Result<Vec<BulkJob>, DbErr> {
    let asked = open(tenant).filter(bulk_job::Column::Actor.eq(actor.to_string()));
    Ok(readable(row::all(db, asked.filter(bulk_job::Column::StagedAt.is_null())).await?))
}

/// The partner's deletions that are not over, whoever asked for them, also those that wait for approval.
///
/// # Errors
/// If the database fails.
pub async fn open_deletions(db: &impl Rows, tenant: Tenant) -> Result<Vec<BulkJob>, DbErr> {
    let delete = Action::Delete.as_str();
    let deletions = bulk_job::Column::Action.is_in(["", NOT_YET, STAGED].map(|before| format!("{before}{delete}")));
    Ok(readable(row::all(db, open(tenant).filter(deletions)).await?))
}

/// In the order of an index in which only these are at its beginning.
fn open(tenant: Tenant) -> Select<bulk_job::Entity> {
    bulk_job::Entity::find()
        .filter(bulk_job::Column::PartnerId.eq(tenant.partner()))
        .filter(bulk_job::Column::FinishedAt.is_null())
        .order_by_asc(bulk_job::Column::LeaseUntil)
}

/// Which of these users rows of these jobs are about that have no outcome yet, and of which job.
///
/// # Errors
/// If the database fails.
pub async fn pending_about(
    db: &impl ConnectionTrait,
    jobs: &[BulkJob],
    users: &[SubscriberId],
) -> Result<Vec<(SubscriberId, BulkJobId)>, DbErr> {
    // By name: in SQLite a tuple has its columns in the order of their names.
    #[derive(FromQueryResult)]
    struct About {
        subscriber_id: SubscriberId,
        job_id: BulkJobId,
    }
    let rows: Vec<About> = bulk_row::Entity::find()
        .select_only()
        .columns([bulk_row::Column::SubscriberId, bulk_row::Column::JobId])
        .filter(bulk_row::Column::Outcome.is_null())
        .filter(bulk_row::Column::SubscriberId.is_in(users.iter().copied()))
        .filter(bulk_row::Column::JobId.is_in(jobs.iter().map(|job| job.id)))
        .into_model()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|row| (row.subscriber_id, row.job_id)).collect())
}

/// The first row of each of these jobs.
///
/// # Errors
/// If the database fails.
pub async fn first_rows(db: &impl Rows, jobs: &[BulkJobId]) -> Result<Vec<BulkRow>, DbErr> {
    let rows = bulk_row::Entity::find()
        .filter(bulk_row::Column::JobId.is_in(jobs.iter().copied()))
        .filter(bulk_row::Column::Number.eq(1));
    Ok(readable(row::all(db, rows).await?))
}

/// The tenant's job of that id as it is now, locked until the transaction ends.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn locked(work: &Work, tenant: Tenant, id: BulkJobId) -> Result<Option<BulkJob>, Trouble> {
    let own = bulk_job::Entity::find_by_id(id).filter(own(tenant));
    Ok(own.lock_exclusive().one(&**work).await?.map(BulkJob::try_from).transpose()?)
}

/// How many of a job's rows have which outcome, counted.
///
/// # Errors
/// If the database fails.
pub async fn tally(db: &impl ConnectionTrait, job: &BulkJob) -> Result<Tally, DbErr> {
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
    let of = |outcome: Outcome| {
        let found = counts.iter().find(|count| count.outcome.as_deref() == Some(outcome.as_str()));
        found.map_or(0, |count| i32::try_from(count.rows).unwrap_or(i32::MAX))
    };
    Ok(Tally { accepted: of(Outcome::Accepted), unchanged: of(Outcome::Unchanged), refused: of(Outcome::Refused) })
}

/// A part of a job's rows, in their order.
///
/// # Errors
/// If the database fails.
pub async fn rows(
    db: &impl Rows,
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
    // Of one that waits for approval only its users are found, so that what is approved is known.
    let to_do = bulk_job::Column::StagedAt.is_null().or(bulk_job::Column::Selection.is_not_null());
    let due = Due::<bulk_job::Entity>::new(bulk_job::Column::Id, bulk_job::Column::LeaseUntil, now)
        .that(bulk_job::Column::FinishedAt.is_null().and(to_do));
    if !due.is_there(store.read()).await? {
        return Ok(None);
    }
    let work = store.work().await?;
    let claimed = due.claim(&work, until, 1).await?;
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
    row::save(&**work, changed::<bulk_row::ActiveModel>(before, after)).await
}

/// Writes down what has changed of a job that was `before`.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, before: &BulkJob, after: BulkJob) -> Result<(), DbErr> {
    let (before, after): (bulk_job::Model, bulk_job::Model) = (before.clone().into(), after.into());
    row::save(&**work, changed::<bulk_job::ActiveModel>(before, after)).await
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
