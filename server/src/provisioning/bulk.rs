//! Many changes at once: a job with its rows is stored when it is asked for, and carried out beside everything else.
//!
//! A row's change and its outcome are in one transaction, so a crash leaves each row either to be done or done. Jobs take
//! turns of [`TURN`] rows: a large one does not hold up a small one that came later.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    BroadWorksId, EmailAddress, Fault, Package, Timestamp,
    lifecycle::{Event, State},
    timestamp::{DAY, SECOND},
};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, DbBackend, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, LockBehavior, LockType, Order, Query},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    arrival,
    change::{self, Circumstances},
    draft::{Draft, Field, Flaw, Refused},
};
use crate::{
    environment::Environment,
    fault::Trouble,
    import::RowFlaw,
    lease::{self, Leased, Pace},
    store::{
        Actor, Store, Subscriber, Tenant, Work,
        entity::{bulk_job, bulk_row},
        subscriber,
    },
};

/// The most rows that a job may have.
pub const MOST: usize = 10_000;
/// How many rows a job gets carried out before another one has its turn.
const TURN: u64 = 50;
/// How long a server may take for a turn before another one takes the job over, in milliseconds. Should both be at
/// work, each row is still carried out once: it is locked and looked at again.
const LEASE: i64 = 30 * SECOND;
/// How long a stop waits for the turn under way.
const FAREWELL: Duration = Duration::from_secs(6);
/// How long to wait before looking for jobs again.
const POLL: Duration = Duration::from_millis(500);
/// How long a finished job can be asked for, in milliseconds.
const KEPT: i64 = 30 * DAY;
/// Rows to a statement when a job is stored: seven columns each, and SQLite takes 32,766 values.
const CHUNK: usize = 1_000;

/// What a job does with each of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Takes a subscriber in. One who is there stays as is.
    Create,
    /// Tries again to provision: with an address that the client vouches for, or the failed attempt as it was.
    Retry,
    /// Removes a subscriber.
    Delete,
    /// Gives a subscriber another package.
    ChangePackage,
}

impl Action {
    /// All actions.
    pub const ALL: [Self; 4] = [Self::Create, Self::Retry, Self::Delete, Self::ChangePackage];

    /// Its name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Retry => "retry",
            Self::Delete => "delete",
            Self::ChangePackage => "changePackage",
        }
    }

    /// The action of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out: durably accepted, as a single call would be.
    Accepted,
    /// There was nothing to do: a repeated job does no harm.
    Unchanged,
    /// It was refused.
    Refused,
}

impl Outcome {
    /// All outcomes.
    pub const ALL: [Self; 3] = [Self::Accepted, Self::Unchanged, Self::Refused];

    /// Its name in the API and the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

/// A row that somebody asks for.
pub struct NewRow {
    /// What is written in it, as a JSON object.
    pub written: serde_json::Value,
    /// The subscriber, if it is named by its id.
    pub subscriber: Option<Uuid>,
    /// Its first line in the file, if it comes from one.
    pub line: Option<u64>,
    /// What is wrong with it at first sight.
    pub flaws: Vec<RowError>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowError {
    /// The fault's code.
    pub code: u32,
    /// The name of the member that is wrong.
    pub field: Option<String>,
}

impl From<Fault> for RowError {
    fn from(fault: Fault) -> Self {
        Self { code: fault.code(), field: None }
    }
}

impl From<&Flaw> for RowError {
    fn from(flaw: &Flaw) -> Self {
        Self { code: flaw.fault.code(), field: Some(flaw.field.property().to_owned()) }
    }
}

impl From<&RowFlaw> for RowError {
    fn from(flaw: &RowFlaw) -> Self {
        Self { code: flaw.fault.code(), field: flaw.field.map(|field| field.property().to_owned()) }
    }
}

/// A job that somebody asks for.
pub struct NewJob {
    /// What to do with each row.
    pub action: Action,
    /// The rows.
    pub rows: Vec<NewRow>,
    /// The columns of the file that nobody knows, if it comes from one.
    pub ignored_columns: Vec<String>,
}

/// Stores a job: durably accepted once this answers.
///
/// # Errors
/// If the database fails.
pub async fn accept(
    store: &Store,
    environment: &Environment,
    (partner, token): (Uuid, Uuid),
    NewJob { action, rows, ignored_columns }: NewJob,
) -> Result<bulk_job::Model, Trouble> {
    let now = environment.now().0;
    let job = bulk_job::Model {
        id: environment.id(),
        partner_id: partner,
        token_id: token,
        action: action.as_str().to_owned(),
        size: i32::try_from(rows.len()).unwrap_or(i32::MAX),
        lease_until: now,
        created_at: now,
        finished_at: None,
        ignored_columns: (!ignored_columns.is_empty())
            .then(|| serde_json::to_string(&ignored_columns).unwrap_or_default()),
    };
    let rows: Vec<_> = (1..).zip(rows).map(|(number, row)| new_row(job.id, number, row)).collect();
    let work = store.work().await?;
    let job = job.into_active_model().insert(&*work).await?;
    for chunk in rows.chunks(CHUNK) {
        bulk_row::Entity::insert_many(chunk.to_vec()).exec_without_returning(&*work).await?;
    }
    work.commit().await?;
    Ok(job)
}

fn new_row(job: Uuid, number: i32, row: NewRow) -> bulk_row::ActiveModel {
    let refused = !row.flaws.is_empty();
    bulk_row::ActiveModel {
        job_id: Set(job),
        number: Set(number),
        written: Set((!refused).then(|| row.written.to_string())),
        subscriber_id: Set(row.subscriber),
        outcome: Set(refused.then(|| Outcome::Refused.as_str().to_owned())),
        errors: Set(refused.then(|| json(&row.flaws))),
        line: Set(row.line.and_then(|line| i32::try_from(line).ok())),
    }
}

fn json(errors: &[RowError]) -> String {
    serde_json::to_string(errors).unwrap_or_default()
}

/// Carries jobs out. Cheap to clone; one per server.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    environment: Environment,
}

#[async_trait]
impl Leased for Worker {
    type Item = bulk_job::Model;

    fn pace(&self) -> Pace {
        Pace { name: "bulk jobs", at_once: 1, poll: POLL, renew: None, farewell: FAREWELL }
    }

    /// The job that has waited longest: there is one at a time.
    async fn claim(&self, _most: usize) -> Result<Vec<bulk_job::Model>, Trouble> {
        let now = self.environment.now();
        let waiting = || bulk_job::Column::FinishedAt.is_null().and(bulk_job::Column::LeaseUntil.lte(now.0));
        if bulk_job::Entity::find().filter(waiting()).one(self.store.read()).await?.is_none() {
            return Ok(Vec::new());
        }
        let next = Query::select()
            .column(bulk_job::Column::Id)
            .from(bulk_job::Entity)
            .and_where(waiting())
            .order_by(bulk_job::Column::LeaseUntil, Order::Asc)
            .order_by(bulk_job::Column::Id, Order::Asc)
            .limit(1)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        let work = self.store.work().await?;
        let claimed = bulk_job::Entity::update_many()
            .col_expr(bulk_job::Column::LeaseUntil, Expr::value(now.plus(LEASE).0))
            .filter(bulk_job::Column::Id.in_subquery(next))
            .exec_with_returning(&*work)
            .await?;
        work.commit().await?;
        Ok(claimed)
    }

    /// Gives a job its turn.
    async fn carry_out(&self, job: bulk_job::Model) -> Result<(), Trouble> {
        let pending = bulk_row::Entity::find()
            .filter(bulk_row::Column::JobId.eq(job.id))
            .filter(bulk_row::Column::Outcome.is_null())
            .order_by_asc(bulk_row::Column::Number)
            .limit(TURN)
            .all(self.store.read())
            .await?;
        let last = (pending.len() as u64) < TURN;
        // SQLite waits for the disk with every transaction and has one at a time. On PostgreSQL rows would hold their
        // locks while they wait for others', against a worker that does the same in another order.
        let together = if self.store.backend() == DbBackend::Sqlite { pending.len() } else { 1 };
        let numbers: Vec<_> = pending.into_iter().map(|row| row.number).collect();
        for numbers in numbers.chunks(together.max(1)) {
            self.rows(&job, numbers).await?;
        }
        let now = self.environment.now().0;
        let mut job = job.into_active_model();
        job.lease_until = Set(now);
        job.finished_at = Set(last.then_some(now));
        let work = self.store.work().await?;
        job.update(&*work).await?;
        Ok(work.commit().await?)
    }
}

impl Worker {
    /// A worker on this database.
    #[must_use]
    pub const fn new(store: Store, environment: Environment) -> Self {
        Self { store, environment }
    }

    /// Works until `stop` resolves, then finishes the turn under way.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        lease::run(Arc::new(self), stop).await;
    }

    /// Gives one job its turn. Returns whether there was one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn turn(&self) -> Result<bool, Trouble> {
        lease::round(self, 1).await
    }

    /// Carries rows out in one transaction, and writes down why not.
    async fn rows(&self, job: &bulk_job::Model, numbers: &[i32]) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        for number in numbers {
            let Some(row) = pending(&work, job, *number).await? else { continue };
            match work.savepoint(async |work| self.attempt(work, job, &row).await).await {
                Ok((outcome, subscriber)) => settle(&work, row, outcome, subscriber, None).await?,
                Err(Refused::Trouble(interrupted @ Trouble::Interrupted(_))) => return Err(interrupted),
                Err(refused) => {
                    let errors = explain(refused, &row);
                    settle(&work, row, Outcome::Refused, None, Some(json(&errors))).await?;
                }
            }
        }
        Ok(work.commit().await?)
    }

    async fn attempt(
        &self,
        work: &mut Work,
        job: &bulk_job::Model,
        row: &bulk_row::Model,
    ) -> Result<(Outcome, Option<Uuid>), Refused> {
        let written: serde_json::Value = serde_json::from_str(row.written.as_deref().unwrap_or_default())
            .map_err(|_| Trouble::from(Fault::MalformedBody))?;
        let draft = written.as_object().map(Draft::from_json).ok_or(Trouble::from(Fault::MalformedBody))?;
        match Action::parse(&job.action) {
            Some(Action::Create) => self.create(work, job, &draft).await,
            Some(action) => self.change(work, job, action, row, &draft).await,
            None => Err(Trouble::from(Fault::Internal).into()),
        }
    }

    async fn create(
        &self,
        work: &mut Work,
        job: &bulk_job::Model,
        draft: &Draft,
    ) -> Result<(Outcome, Option<Uuid>), Refused> {
        let (template, new) = arrival::candidate(&self.store, Tenant::of_job(job), draft).await?;
        if let Some(there) =
            subscriber::known_as(&**work, Tenant::of_job(job), &new.user_id).await.map_err(Trouble::from)?
        {
            return Ok((Outcome::Unchanged, Some(there.id)));
        }
        let actor = Actor::Token(job.token_id);
        let arrived = arrival::arrive(work, &self.environment, &template, new, &actor).await?;
        Ok((Outcome::Accepted, Some(arrived.id)))
    }

    async fn change(
        &self,
        work: &mut Work,
        job: &bulk_job::Model,
        action: Action,
        row: &bulk_row::Model,
        draft: &Draft,
    ) -> Result<(Outcome, Option<Uuid>), Refused> {
        let named = match row.subscriber_id {
            Some(id) => Some(id),
            None => {
                let field = Field::UserId;
                let text = draft.text(field)?.ok_or(Flaw { field, fault: Fault::MissingParameter })?;
                let user_id = BroadWorksId::parse(&text).map_err(|fault| Flaw { field, fault })?;
                subscriber::known_as(&**work, Tenant::of_job(job), &user_id)
                    .await
                    .map_err(Trouble::from)?
                    .map(|found| found.id)
            }
        };
        let found = match named {
            Some(id) => change::lock_if_there(work, id).await.map_err(Trouble::from)?,
            None => None,
        };
        let found = match found {
            Some(found) if found.partner_id == job.partner_id => found,
            _ if action == Action::Delete => return Ok((Outcome::Unchanged, named)),
            _ => return Err(Trouble::from(Fault::UnknownResource).into()),
        };
        let id = Some(found.id);
        let Some(event) = event(action, &found, draft)? else { return Ok((Outcome::Unchanged, id)) };
        let actor = Actor::Token(job.token_id);
        let with = Circumstances::default();
        match change::apply(work, &self.environment, found, event, &actor, with).await {
            Ok(_) => Ok((Outcome::Accepted, id)),
            Err(Trouble::Known { fault: Fault::AlreadyProvisioned, .. }) => Ok((Outcome::Unchanged, id)),
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// What has to happen to a subscriber; nothing, if it has happened already.
fn event(action: Action, subscriber: &Subscriber, draft: &Draft) -> Result<Option<Event>, Refused> {
    let parsed = |field| draft.text(field).map(|text| text.unwrap_or_default());
    Ok(match action {
        Action::Create => None,
        Action::Retry => {
            let text = draft.text(Field::Email)?;
            let email = text.map(|text| EmailAddress::parse(&text)).transpose();
            let email = email.map_err(|fault| Flaw { field: Field::Email, fault })?;
            Some(email.map_or(Event::Retried, Event::Onboarded))
        }
        Action::Delete => {
            let removing = matches!(change::lifecycle(subscriber)?.state, State::Removing(_));
            (!removing).then_some(Event::RemovalRequested)
        }
        Action::ChangePackage => {
            let field = Field::Package;
            let package = Package::parse(&parsed(field)?).map_err(|fault| Flaw { field, fault })?;
            let latest = subscriber.wanted_package.as_ref().unwrap_or(&subscriber.package);
            (latest != package.as_str()).then_some(Event::PackageChanged(package))
        }
    })
}

/// What was wrong with a row. What fails on a database that works always would.
fn explain(refused: Refused, row: &bulk_row::Model) -> Vec<RowError> {
    match refused {
        Refused::Flawed(flaws) => flaws.iter().map(RowError::from).collect(),
        Refused::Trouble(Trouble::Known { fault, .. }) => vec![RowError::from(fault)],
        Refused::Trouble(accident) => {
            tracing::error!(error = %accident, job = %row.job_id, number = row.number, "a row of a bulk job failed");
            vec![RowError::from(Fault::Internal)]
        }
    }
}

/// A row that has no outcome yet, locked.
async fn pending(work: &Work, job: &bulk_job::Model, number: i32) -> Result<Option<bulk_row::Model>, DbErr> {
    let found = bulk_row::Entity::find_by_id((job.id, number)).lock_exclusive().one(&**work).await?;
    Ok(found.filter(|row| row.outcome.is_none()))
}

/// Writes a row's outcome down, and forgets what was written in it.
async fn settle(
    work: &Work,
    row: bulk_row::Model,
    outcome: Outcome,
    subscriber: Option<Uuid>,
    errors: Option<String>,
) -> Result<(), DbErr> {
    let subscriber = subscriber.or(row.subscriber_id);
    let mut row = row.into_active_model();
    row.written = Set(None);
    row.outcome = Set(Some(outcome.as_str().to_owned()));
    row.subscriber_id = Set(subscriber);
    row.errors = Set(errors);
    row.update(&**work).await?;
    Ok(())
}

/// Forgets jobs that were finished long ago.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let old = || bulk_job::Column::FinishedAt.lte(now.plus(-KEPT).0);
    let jobs = Query::select().column(bulk_job::Column::Id).from(bulk_job::Entity).and_where(old()).to_owned();
    let work = store.work().await?;
    bulk_row::Entity::delete_many().filter(bulk_row::Column::JobId.in_subquery(jobs)).exec(&*work).await?;
    bulk_job::Entity::delete_many().filter(old()).exec(&*work).await?;
    Ok(work.commit().await?)
}
