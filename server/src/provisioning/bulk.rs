//! Many changes at once: a job with its rows is stored when it is asked for, and carried out beside everything else.
//!
//! A row's change and its outcome are in one transaction, so a crash leaves each row either to be done or done. Jobs take
//! turns of [`TURN`] rows: a large one does not hold up a small one that came later.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
pub use domain::bulk::{Action, Outcome, RowError, Wish};
use domain::{
    BroadWorksId, EmailAddress, Fault, Field, Package, Timestamp,
    audit::Deed,
    draft::{Draft, Flaw},
    timestamp::{DAY, SECOND},
};

use super::{
    activation,
    admission::Comeback,
    arrival,
    change::{self, Circumstances},
    deletion,
    draft::{self, Refused},
    leaving::notify_pages,
    moving,
};
pub use super::{
    admission::FORBID,
    leaving::{Leaving, about_to_go, leaving},
    selection::fitting,
};
use crate::{
    environment::Environment,
    fault::Trouble,
    lease::{self, Leased, Pace},
    log::SECURITY,
    store::{
        Actor, BulkJobId, DbErr, Store, Stored as _, Subscriber, SubscriberId, Tenant, Window, Work,
        audit::{self, JobSummary},
        bulk_job::{self, BulkJob, BulkRow, Selection, Tally},
        subscriber,
    },
};

/// The most rows that a job may be given. One that selects its rows itself may have any number.
pub const MOST: usize = 10_000;
/// How many rows a job gets carried out before another one has its turn.
const TURN: u64 = 50;
/// How many of those whom it selects a job gets as rows in its turn.
const SELECTED: u64 = 1_000;
/// How long a server may take for a turn before another one takes the job over, in milliseconds. Should both be at
/// work, each row is still carried out once: it is locked and looked at again.
const LEASE: i64 = 30 * SECOND;
/// How long a stop waits for the turn under way.
const GRACE: Duration = Duration::from_secs(6);
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
    /// Their BroadWorks id, where it is known: it is kept with the row.
    pub user_id: Option<BroadWorksId>,
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
    /// Whom it selects besides.
    pub selection: Option<Selection>,
    /// How many that are, where they were counted.
    pub selected: Option<i64>,
    /// Before that time it is not begun, and can be taken back whole.
    pub not_before: Timestamp,
    /// The columns of the file that nobody knows, if it comes from one.
    pub ignored_columns: Vec<String>,
}

impl NewJob {
    /// One of rows that were given, to be begun at once.
    #[must_use]
    pub const fn of(action: Action, rows: Vec<NewRow>, ignored_columns: Vec<String>) -> Self {
        Self { action, rows, selection: None, selected: None, not_before: Timestamp(0), ignored_columns }
    }
}

/// Stores a job: durably accepted once this returns.
///
/// # Errors
/// If the database fails.
pub async fn accept(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, Actor),
    NewJob { action, rows, selection, selected, not_before, ignored_columns }: NewJob,
) -> Result<BulkJob, Trouble> {
    let now = environment.now();
    let refused = rows.iter().filter(|row| !row.flaws.is_empty()).count();
    let job = BulkJob {
        id: environment.id().into(),
        partner_id: tenant.partner(),
        actor,
        action,
        size: i32::try_from(rows.len()).unwrap_or(i32::MAX),
        list: selection.as_ref().map(Selection::list),
        selection,
        tally: Tally { refused: i32::try_from(refused).unwrap_or(i32::MAX), ..Tally::default() },
        lease_until: now.max(not_before),
        created_at: now,
        finished_at: None,
        cancelled_at: None,
        staged_at: None,
        ignored_columns,
    };
    let rows = (1..).zip(rows).map(|(number, row)| new_row(job.id, number, row)).collect();
    let mut work = store.work().await?;
    let users = if job.selection.is_some() { selected } else { Some(job.size.into()) };
    let deletions = users.unwrap_or(i32::MAX.into()) - i64::from(job.tally.refused);
    let job = match action {
        Action::Delete if deletions > 0 && deletion::wait(&work, environment, tenant, deletions).await? => {
            tracing::warn!(target: SECURITY, event = "deletions_wait", partner = %job.partner_id, job = %job.id);
            BulkJob { staged_at: Some(now), lease_until: now, ..job }
        }
        _ => job,
    };
    let asked = JobSummary::of(&job, users);
    audit::record_job(&work, environment, tenant, &job.actor, (Deed::JobBegun, &job, &asked)).await?;
    bulk_job::insert(&work, job.clone(), rows).await?;
    if job.lease_until > now || job.staged_at.is_some() {
        notify_pages(&mut work, tenant, &job).await?;
    }
    work.commit().await?;
    Ok(job)
}

/// Ends a job early: what has been carried out stays so, the rest is left alone. One that has ended stays as it is.
///
/// # Errors
/// [`Fault::NotFound`]; [`Fault::PermissionMissing`] for one that waits for approval; or a database error.
pub async fn cancel(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    id: BulkJobId,
) -> Result<BulkJob, Trouble> {
    let (mut work, now) = (store.work().await?, environment.now());
    let before = bulk_job::locked(&work, tenant, id).await?.ok_or(Fault::NotFound)?;
    if before.finished_at.is_some() {
        work.abandon().await?;
        return Ok(before);
    }
    // That is for whoever may say no to it.
    if before.staged_at.is_some() {
        return Err(Fault::PermissionMissing.into());
    }
    let after = BulkJob { finished_at: Some(now), cancelled_at: Some(now), selection: None, ..before.clone() };
    // Of one that was still to select its users nobody knows how many they would have been.
    let asked = JobSummary::of(&before, before.selection.is_none().then_some(before.size.into()));
    audit::record_job(&work, environment, tenant, actor, (Deed::JobCancelled, &before, &asked)).await?;
    bulk_job::save(&work, &before, after.clone()).await?;
    notify_pages(&mut work, tenant, &after).await?;
    work.commit().await?;
    Ok(after)
}

fn new_row(job: BulkJobId, number: i32, row: NewRow) -> BulkRow {
    let refused = !row.flaws.is_empty();
    BulkRow {
        job_id: job,
        number,
        written: (!refused).then(|| row.written.to_string()),
        subscriber_id: row.subscriber,
        user_id: row.user_id,
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
        Pace { name: "bulk jobs", at_once: 1, poll: POLL, renew: None, grace: GRACE }
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
        if let Some(selection) = job.selection.clone() {
            return self.select(&job, selection).await;
        }
        let mut tally = job.tally;
        let pending = bulk_job::pending(self.store.read(), &job, TURN).await?;
        let last = (pending.len() as u64) < TURN;
        // SQLite waits for the disk with every transaction and has one at a time. On PostgreSQL rows would hold their
        // locks while they wait for others', against a worker that does the same in another order.
        let together = if !self.store.is_shared() { pending.len().max(1) } else { 1 };
        for numbers in pending.chunks(together) {
            tally = tally.and(self.rows(&job, numbers).await?);
        }
        let (work, now) = (self.store.work().await?, self.environment.now());
        if last {
            // Counted: a server that died in the middle of a turn has added nothing up.
            tally = bulk_job::tally(&*work, &job).await?;
        }
        let released = BulkJob { lease_until: now, tally, finished_at: last.then_some(now), ..job.clone() };
        bulk_job::save(&work, &job, released).await?;
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

    /// Makes rows of the next of those whom a job selects. All of them are before the first one is carried out: what is done
    /// with one must not decide about another.
    async fn select(&self, job: &BulkJob, selection: Selection) -> Result<(), Trouble> {
        let window = Window { after: selection.after, skip: None, most: SELECTED };
        let filter = fitting(&selection)?;
        // Those who come meanwhile are newer, and not among them.
        let tenant = Tenant::of_selection(job, &selection);
        let page = subscriber::newest_first(self.store.read(), tenant, &filter, window).await?;
        let users: Vec<_> = page.rows.iter().map(|user| user.id).collect();
        let leaving = leaving(&self.store, tenant, &users).await?;
        let row = |(number, user): (i32, Subscriber)| {
            let withheld = leaving.get(&user.id).is_some_and(|other| *other != job.id);
            let flaws = if withheld { vec![RowError::from(Fault::InProgress)] } else { Vec::new() };
            let (subscriber, user_id) = (Some(user.id), Some(user.user_id));
            let row = new_row(
                job.id,
                number,
                NewRow { written: serde_json::Value::Null, subscriber, user_id, line: None, flaws },
            );
            BulkRow { written: row.written.is_some().then(|| selection.written.clone()), ..row }
        };
        let rows: Vec<_> = (job.size + 1..).zip(page.rows).map(row).collect();
        let refused = rows.iter().filter(|row| row.outcome.is_some()).count();
        let refused = Tally { refused: i32::try_from(refused).unwrap_or(i32::MAX), ..Tally::default() };
        let selected = BulkJob {
            tally: job.tally.and(refused),
            size: job.size + i32::try_from(rows.len()).unwrap_or(0),
            selection: page.next.map(|after| Selection { after: Some(after), ..selection.clone() }),
            lease_until: self.environment.now(),
            ..job.clone()
        };
        let work = self.store.work().await?;
        // Who has ended it meanwhile wants no more rows.
        let current = bulk_job::locked(&work, Tenant::of_job(job), job.id).await?;
        if current.is_none_or(|current| current.finished_at.is_some() || current.size != job.size) {
            return Ok(work.abandon().await?);
        }
        bulk_job::add(&work, rows).await?;
        bulk_job::save(&work, job, selected).await?;
        Ok(work.commit().await?)
    }

    /// Carries rows out in one transaction, and writes down why not. Returns how many have which outcome.
    async fn rows(&self, job: &BulkJob, numbers: &[i32]) -> Result<Tally, Trouble> {
        let mut tally = Tally::default();
        let mut work = self.store.work().await?;
        for number in numbers {
            let Some(row) = bulk_job::lock(&work, job, *number).await? else { continue };
            let settled = match work.savepoint(async |work| self.attempt(work, job, &row).await).await {
                Ok(settled) => settled,
                Err(Refused::Trouble(interrupted @ Trouble::Interrupted(_))) => return Err(interrupted),
                Err(refused) => Settled { outcome: Outcome::Refused, subscriber: None, why: explain(refused, &row) },
            };
            tally.count(settled.outcome);
            settle(&work, row, settled).await?;
        }
        work.commit().await?;
        Ok(tally)
    }

    async fn attempt(&self, work: &mut Work, job: &BulkJob, row: &BulkRow) -> Result<Settled, Refused> {
        let written: serde_json::Value = serde_json::from_str(row.written.as_deref().unwrap_or_default())
            .map_err(|_| Trouble::from(Fault::MalformedBody))?;
        let draft = written.as_object().map(draft::from_json).ok_or(Trouble::from(Fault::MalformedBody))?;
        if job.action == Action::Create {
            return self.create(work, job, &draft).await;
        }
        let with = Circumstances { comeback: Comeback::read(&written)?, ..Circumstances::default() };
        self.change(work, job, row, (&draft, with)).await
    }

    async fn create(&self, work: &mut Work, job: &BulkJob, draft: &Draft) -> Result<Settled, Refused> {
        let (template, new) = arrival::candidate(&self.store, Tenant::of_job(job), draft).await?;
        if let Some(there) = subscriber::known_as(&**work, Tenant::of_job(job), &new.user_id).await? {
            return Ok(Settled::as_is(Some(&there), None));
        }
        let arrived = arrival::arrive(work, &self.environment, &template, new, &job.actor).await?;
        Ok(Settled::done(&arrived))
    }

    async fn change(
        &self,
        work: &mut Work,
        job: &BulkJob,
        row: &BulkRow,
        (draft, with): (&Draft, Circumstances),
    ) -> Result<Settled, Refused> {
        let action = job.action;
        let destination = match action {
            Action::Move => Some(moving::destination(work, Tenant::of_job(job), draft).await?),
            _ => None,
        };
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
            Some(id) => Subscriber::lock(work, Tenant::of_job(job), id).await?,
            None => None,
        };
        let found = match found {
            Some(found) => found,
            None if action == Action::Delete => return Ok(Settled::as_is(None, None)),
            None => return Err(Trouble::from(Fault::UnknownResource).into()),
        };
        let user = found.clone();
        let (wish, with) = match destination {
            Some(template) => moving::of(work, &found, template).await?,
            None => (wish(action, draft)?, with),
        };
        let Some(event) = wish.event(&found.lifecycle, found.package).map_err(Trouble::from)? else {
            return Ok(Settled::as_is(Some(&user), None));
        };
        let done = match action {
            Action::Resend => activation::remind(work, &self.environment, found, &job.actor).await,
            _ => change::apply(work, &self.environment, found, event, &job.actor, with).await.map(drop),
        };
        match done {
            Ok(()) => Ok(Settled::done(&user)),
            Err(Trouble::Known { fault: Fault::MailedRecently, .. }) => {
                Ok(Settled::as_is(Some(&user), Some(Fault::MailedRecently)))
            }
            Err(trouble) => Err(trouble.into()),
        }
    }
}

/// What has become of a row.
struct Settled {
    outcome: Outcome,
    subscriber: Option<(SubscriberId, BroadWorksId)>,
    why: Vec<RowError>,
}

impl Settled {
    fn done(user: &Subscriber) -> Self {
        Self { outcome: Outcome::Accepted, ..Self::as_is(Some(user), None) }
    }

    fn as_is(user: Option<&Subscriber>, why: Option<Fault>) -> Self {
        let subscriber = user.map(|user| (user.id, user.user_id.clone()));
        Self { outcome: Outcome::Unchanged, subscriber, why: why.map(RowError::from).into_iter().collect() }
    }
}

/// What is to happen to the subscriber whom a row names.
///
/// # Errors
/// What is wrong with what is written.
pub fn wish(action: Action, draft: &Draft) -> Result<Wish, Refused> {
    Ok(match action {
        // One names nobody who is there, of the other the templates decide.
        Action::Create | Action::Move => return Err(Trouble::from(Fault::Internal).into()),
        Action::Delete => Wish::Delete,
        Action::Resend => Wish::Resend,
        Action::Retry => {
            let text = draft.text(Field::Email)?;
            let email = text.map(|text| EmailAddress::parse(&text)).transpose();
            Wish::Retry(email.map_err(|fault| Flaw::of(Field::Email, fault))?)
        }
        Action::ChangePackage => {
            let text = draft.text(Field::Package)?.unwrap_or_default();
            Wish::ChangePackage(Package::parse(&text).map_err(|fault| Flaw::of(Field::Package, fault))?)
        }
    })
}

/// What was wrong with a row. What fails on a database that works always would.
fn explain(refused: Refused, row: &BulkRow) -> Vec<RowError> {
    match refused {
        Refused::Flawed(flaws) => flaws.iter().map(RowError::from).collect(),
        // Whoever asked for it may not do that any more. Nobody's session is meant here.
        Refused::Trouble(Trouble::Known { fault: Fault::SessionEnded, .. }) => {
            vec![RowError::from(Fault::PermissionMissing)]
        }
        Refused::Trouble(Trouble::Known { fault, .. }) => vec![RowError::from(fault)],
        Refused::Trouble(accident) => {
            tracing::error!(error = %accident, job = %row.job_id, number = row.number, "a row of a bulk job failed");
            vec![RowError::from(Fault::Internal)]
        }
    }
}

/// Writes a row's outcome down, and forgets what was written in it.
async fn settle(work: &Work, row: BulkRow, settled: Settled) -> Result<(), DbErr> {
    let (subscriber_id, user_id) = match settled.subscriber {
        Some((id, user_id)) => (Some(id), Some(user_id)),
        None => (row.subscriber_id, row.user_id.clone()),
    };
    let (outcome, errors) = (Some(settled.outcome), settled.why);
    let after = BulkRow { written: None, outcome, subscriber_id, user_id, errors, ..row.clone() };
    bulk_job::settle(work, &row, after).await
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
