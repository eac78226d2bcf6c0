//! Many changes at once: a job with its rows is stored when it is asked for, and carried out beside everything else.
//!
//! A row's change and its outcome are in one transaction, so a crash leaves each row either to be done or done. Jobs take
//! turns of [`TURN`] rows: a large one does not hold up a small one that came later.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
pub use domain::bulk::{Action, Outcome, RowError};
use domain::{
    BroadWorksId, EmailAddress, Fault, Field, Package, Timestamp,
    draft::{Draft, Flaw},
    lifecycle::{Event, State},
    timestamp::{DAY, SECOND},
};
use sea_orm::{DbBackend, DbErr};

use super::{
    arrival,
    change::{self, Circumstances},
    draft::{self, Refused},
    update::latest_package,
};
use crate::{
    environment::Environment,
    fault::Trouble,
    lease::{self, Leased, Pace},
    store::{
        Actor, ApiTokenId, BulkJobId, Store, Stored as _, Subscriber, SubscriberId, Tenant, Work,
        bulk_job::{self, BulkJob, BulkRow},
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

/// A row that somebody asks for.
pub struct NewRow {
    /// What is written in it, as a JSON object.
    pub written: serde_json::Value,
    /// The subscriber, if it is named by its id.
    pub subscriber: Option<SubscriberId>,
    /// Its first line in the file, if it comes from one.
    pub line: Option<u64>,
    /// What is wrong with it at first sight.
    pub flaws: Vec<RowError>,
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

/// Stores a job: durably accepted once this returns.
///
/// # Errors
/// If the database fails.
pub async fn accept(
    store: &Store,
    environment: &Environment,
    (tenant, token): (Tenant, ApiTokenId),
    NewJob { action, rows, ignored_columns }: NewJob,
) -> Result<BulkJob, Trouble> {
    let now = environment.now();
    let job = BulkJob {
        id: environment.id().into(),
        partner_id: tenant.partner(),
        token_id: token,
        action,
        size: i32::try_from(rows.len()).unwrap_or(i32::MAX),
        lease_until: now,
        created_at: now,
        finished_at: None,
        ignored_columns,
    };
    let rows = (1..).zip(rows).map(|(number, row)| new_row(job.id, number, row)).collect();
    let work = store.work().await?;
    bulk_job::insert(&work, job.clone(), rows).await?;
    work.commit().await?;
    Ok(job)
}

fn new_row(job: BulkJobId, number: i32, row: NewRow) -> BulkRow {
    let refused = !row.flaws.is_empty();
    BulkRow {
        job_id: job,
        number,
        written: (!refused).then(|| row.written.to_string()),
        subscriber_id: row.subscriber,
        outcome: refused.then_some(Outcome::Refused),
        errors: row.flaws,
        line: row.line.and_then(|line| i32::try_from(line).ok()),
    }
}

/// Carries jobs out. Cheap to clone; one per server.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    environment: Environment,
}

#[async_trait]
impl Leased for Worker {
    type Item = BulkJob;

    fn pace(&self) -> Pace {
        Pace { name: "bulk jobs", at_once: 1, poll: POLL, renew: None, farewell: FAREWELL }
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    async fn claim(&self, _most: usize) -> Result<Vec<BulkJob>, Trouble> {
        let now = self.environment.now();
        Ok(bulk_job::claim(&self.store, now, now.plus(LEASE)).await?.into_iter().collect())
    }

    /// Gives a job its turn.
    async fn carry_out(&self, job: BulkJob) -> Result<(), Trouble> {
        let pending = bulk_job::pending(self.store.read(), &job, TURN).await?;
        let last = (pending.len() as u64) < TURN;
        // SQLite waits for the disk with every transaction and has one at a time. On PostgreSQL rows would hold their
        // locks while they wait for others', against a worker that does the same in another order.
        let together = if self.store.backend() == DbBackend::Sqlite { pending.len().max(1) } else { 1 };
        for numbers in pending.chunks(together) {
            self.rows(&job, numbers).await?;
        }
        let work = self.store.work().await?;
        bulk_job::release(&work, &job, self.environment.now(), last).await?;
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
    async fn rows(&self, job: &BulkJob, numbers: &[i32]) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        for number in numbers {
            let Some(row) = bulk_job::lock(&work, job, *number).await? else { continue };
            match work.savepoint(async |work| self.attempt(work, job, &row).await).await {
                Ok((outcome, subscriber)) => settle(&work, row, outcome, subscriber, Vec::new()).await?,
                Err(Refused::Trouble(interrupted @ Trouble::Interrupted(_))) => return Err(interrupted),
                Err(refused) => {
                    let errors = explain(refused, &row);
                    settle(&work, row, Outcome::Refused, None, errors).await?;
                }
            }
        }
        Ok(work.commit().await?)
    }

    async fn attempt(
        &self,
        work: &mut Work,
        job: &BulkJob,
        row: &BulkRow,
    ) -> Result<(Outcome, Option<SubscriberId>), Refused> {
        let written: serde_json::Value = serde_json::from_str(row.written.as_deref().unwrap_or_default())
            .map_err(|_| Trouble::from(Fault::MalformedBody))?;
        let draft = written.as_object().map(draft::from_json).ok_or(Trouble::from(Fault::MalformedBody))?;
        match job.action {
            Action::Create => self.create(work, job, &draft).await,
            action => self.change(work, job, action, row, &draft).await,
        }
    }

    async fn create(
        &self,
        work: &mut Work,
        job: &BulkJob,
        draft: &Draft,
    ) -> Result<(Outcome, Option<SubscriberId>), Refused> {
        let (template, new) = arrival::candidate(&self.store, Tenant::of_job(job), draft).await?;
        if let Some(there) = subscriber::known_as(&**work, Tenant::of_job(job), &new.user_id).await? {
            return Ok((Outcome::Unchanged, Some(there.id)));
        }
        let actor = Actor::Token(job.token_id);
        let arrived = arrival::arrive(work, &self.environment, &template, new, &actor).await?;
        Ok((Outcome::Accepted, Some(arrived.id)))
    }

    async fn change(
        &self,
        work: &mut Work,
        job: &BulkJob,
        action: Action,
        row: &BulkRow,
        draft: &Draft,
    ) -> Result<(Outcome, Option<SubscriberId>), Refused> {
        let named = match row.subscriber_id {
            Some(id) => Some(id),
            None => {
                let field = Field::UserId;
                let text = draft.text(field)?.ok_or(Flaw::of(field, Fault::MissingParameter))?;
                let user_id = BroadWorksId::parse(&text).map_err(|fault| Flaw::of(field, fault))?;
                subscriber::known_as(&**work, Tenant::of_job(job), &user_id).await?.map(|found| found.id)
            }
        };
        let found = match named {
            Some(id) => Subscriber::lock(work, id).await?,
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
            let email = email.map_err(|fault| Flaw::of(Field::Email, fault))?;
            Some(email.map_or(Event::Retried, Event::Onboarded))
        }
        Action::Delete => {
            let removing = matches!(subscriber.lifecycle.state, State::Removing(_));
            (!removing).then_some(Event::RemovalRequested)
        }
        Action::ChangePackage => {
            let field = Field::Package;
            let package = Package::parse(&parsed(field)?).map_err(|fault| Flaw::of(field, fault))?;
            (latest_package(subscriber) != package).then_some(Event::PackageChanged(package))
        }
    })
}

/// What was wrong with a row. What fails on a database that works always would.
fn explain(refused: Refused, row: &BulkRow) -> Vec<RowError> {
    match refused {
        Refused::Flawed(flaws) => flaws.iter().map(RowError::from).collect(),
        Refused::Trouble(Trouble::Known { fault, .. }) => vec![RowError::from(fault)],
        Refused::Trouble(accident) => {
            tracing::error!(error = %accident, job = %row.job_id, number = row.number, "a row of a bulk job failed");
            vec![RowError::from(Fault::Internal)]
        }
    }
}

/// Writes a row's outcome down, and forgets what was written in it.
async fn settle(
    work: &Work,
    row: BulkRow,
    outcome: Outcome,
    subscriber: Option<SubscriberId>,
    errors: Vec<RowError>,
) -> Result<(), DbErr> {
    let settled = BulkRow {
        written: None,
        outcome: Some(outcome),
        subscriber_id: subscriber.or(row.subscriber_id),
        errors,
        ..row.clone()
    };
    bulk_job::settle(work, &row, settled).await
}

/// Forgets jobs that were finished long ago.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let work = store.work().await?;
    bulk_job::forget(&work, now.plus(-KEPT)).await?;
    Ok(work.commit().await?)
}
