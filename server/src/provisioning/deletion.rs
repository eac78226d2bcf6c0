//! Deletions above a threshold: they wait until an administrator says yes to all of them, or no.
//!
//! What waits is a bulk job that is not carried out yet: of a job that was asked for at once its own rows, of single calls a job
//! for whoever calls, to which each further call adds a row. It is a fact beside the users, not a status: whoever is in it goes on as before.

use std::collections::HashMap;

use domain::{
    Fault, Happening,
    audit::Deed,
    bulk::{Action, Outcome},
    deletion,
};

use super::{admission::Comeback, leaving::notify_pages};
use crate::{
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Actor, BulkJobId, Partner, Step, Store, Subject as _, Subscriber, Tenant, Work,
        audit::{self, JobSummary},
        bulk_job::{self, BulkJob, BulkRow, Tally},
        deletion_count, partner,
    },
    webhooks,
};

/// Whether so many deletions that are asked for now wait. They are counted, and the partner is locked until the transaction ends.
pub(super) async fn wait(work: &Work, environment: &Environment, tenant: Tenant, users: i64) -> Result<bool, Trouble> {
    let partner = partner::lock(work, tenant).await?.ok_or(Fault::NotFound)?;
    are_too_many(work, environment, (tenant, &partner), users).await
}

async fn are_too_many(
    work: &Work,
    environment: &Environment,
    (tenant, partner): (Tenant, &Partner),
    users: i64,
) -> Result<bool, Trouble> {
    let before = deletion_count::add(work, tenant, environment.now(), users).await?;
    Ok(deletion::waits(before, users, partner.deletion_threshold))
}

/// Whether the deletion of this user, who is locked, waits: it does already, or it is put to those that do.
pub(super) async fn waits(
    work: &mut Work,
    environment: &Environment,
    user: &Subscriber,
    actor: &Actor,
    comeback: Comeback,
) -> Result<bool, Trouble> {
    let tenant = Tenant::of_subject(user);
    let partner = partner::lock(work, tenant).await?.ok_or(Fault::NotFound)?;
    let staged = bulk_job::staged(&**work, tenant).await?;
    if !staged.is_empty() && !bulk_job::pending_rows_about(&**work, &staged, user.id).await?.is_empty() {
        return Ok(true);
    }
    if !are_too_many(work, environment, (tenant, &partner), 1).await? {
        return Ok(false);
    }
    let job = match staged.into_iter().find(|job| job.actor == *actor && job.list.is_none()) {
        Some(job) => {
            let longer = BulkJob { size: job.size + 1, ..job.clone() };
            bulk_job::save(work, &job, longer.clone()).await?;
            longer
        }
        None => {
            let new = BulkJob { size: 1, ..empty(environment, tenant, actor.clone()) };
            let asked = JobSummary::of(&new, None);
            audit::record_job(work, environment, tenant, actor, (Deed::JobBegun, &new, &asked)).await?;
            bulk_job::insert(work, new.clone(), Vec::new()).await?;
            tracing::warn!(target: SECURITY, event = "deletions_wait", partner = %tenant.partner(), job = %new.id);
            new
        }
    };
    let row = BulkRow {
        job_id: job.id,
        number: job.size,
        written: Some(comeback.written().to_string()),
        subscriber_id: Some(user.id),
        user_id: Some(user.user_id.clone()),
        outcome: None,
        errors: Vec::new(),
        line: None,
    };
    bulk_job::add(work, vec![row]).await?;
    let step = Step {
        owner: user.owner(),
        event: Happening::DeletionStaged.into(),
        deed: Deed::DeletionStaged,
        actor,
        status: Some(user.status()),
        fault: user.fault(),
        detail: None,
    };
    let step = work.record(environment, step).await?;
    webhooks::note(work, environment, user, step, webhooks::Event::DeletionWaits).await?;
    work.changed(user);
    Ok(true)
}

fn empty(environment: &Environment, tenant: Tenant, actor: Actor) -> BulkJob {
    let now = environment.now();
    BulkJob {
        id: environment.id().into(),
        partner_id: tenant.partner(),
        actor,
        action: Action::Delete,
        size: 0,
        selection: None,
        list: None,
        tally: Tally::default(),
        lease_until: now,
        created_at: now,
        finished_at: None,
        cancelled_at: None,
        staged_at: Some(now),
        ignored_columns: Vec::new(),
    }
}

/// What is announced anew is not to be deleted any more: whatever waits for approval of this user is taken back.
///
/// # Errors
/// If the database fails.
pub async fn withdraw(store: &Store, user: &Subscriber) -> Result<(), Trouble> {
    let tenant = Tenant::of_subject(user);
    if bulk_job::staged(store.read(), tenant).await?.is_empty() {
        return Ok(());
    }
    let mut work = store.work().await?;
    partner::lock(&work, tenant).await?;
    let staged = bulk_job::staged(&*work, tenant).await?;
    let mut left: HashMap<BulkJobId, i32> = HashMap::new();
    for row in bulk_job::pending_rows_about(&*work, &staged, user.id).await? {
        *left.entry(row.job_id).or_default() += 1;
        let after = BulkRow { written: None, outcome: Some(Outcome::Unchanged), ..row.clone() };
        bulk_job::settle(&work, &row, after).await?;
    }
    for job in staged.iter().filter(|job| left.contains_key(&job.id)) {
        let tally = Tally { unchanged: job.tally.unchanged + left[&job.id], ..job.tally };
        bulk_job::save(&work, job, BulkJob { tally, ..job.clone() }).await?;
    }
    work.changed(user);
    Ok(work.commit().await?)
}

/// What becomes of deletions that wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They are carried out.
    Approved,
    /// They are not.
    Refused,
}

/// Says yes or no to all deletions that wait, as far as they were `seen`: job by job, so many rows; without, to all that wait now.
/// Returns the jobs about which that was said.
///
/// # Errors
/// [`Fault::InProgress`] while it is still being found out whom one is about, or as [`audit::record`].
pub async fn decide(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    decision: Decision,
    seen: Option<&[(BulkJobId, i32)]>,
) -> Result<Vec<BulkJob>, Trouble> {
    let (mut work, now) = (store.work().await?, environment.now());
    partner::lock(&work, tenant).await?;
    let mut decided = Vec::new();
    for job in bulk_job::staged(&*work, tenant).await? {
        let rows = match seen {
            None => Some(job.size),
            Some(seen) => seen.iter().find(|(id, _)| *id == job.id).map(|(_, rows)| *rows),
        };
        let Some(rows) = rows.filter(|rows| *rows > 0) else { continue };
        if job.selection.is_some() {
            return Err(Fault::InProgress.into());
        }
        let before = job.clone();
        if rows < job.size {
            // What has come since was not meant.
            let rest = BulkJob { size: job.size - rows, tally: Tally::default(), ..job.clone() };
            bulk_job::split(&work, &job, rows, BulkJob { id: environment.id().into(), ..rest }).await?;
        }
        let size = rows.min(job.size);
        let after = match decision {
            // Whoever has approved it is who has it done.
            Decision::Approved => BulkJob { size, staged_at: None, lease_until: now, actor: actor.clone(), ..job },
            Decision::Refused => {
                BulkJob { size, staged_at: None, finished_at: Some(now), cancelled_at: Some(now), ..job }
            }
        };
        let deed = match decision {
            Decision::Approved => Deed::DeletionsApproved,
            Decision::Refused => Deed::DeletionsRefused,
        };
        let asked = JobSummary::of(&after, Some(size.into()));
        audit::record_job(&work, environment, tenant, actor, (deed, &after, &asked)).await?;
        bulk_job::save(&work, &before, after.clone()).await?;
        notify_pages(&mut work, tenant, &after).await?;
        decided.push(after);
    }
    work.commit().await?;
    for job in &decided {
        let (partner, approved) = (tenant.partner(), decision == Decision::Approved);
        tracing::info!(target: SECURITY, event = "deletions_decided", %partner, job = %job.id, approved);
    }
    Ok(decided)
}

/// Says from how many deletions on they wait.
///
/// # Errors
/// [`Fault::InvalidParameter`] for what is no such number, or as [`audit::record`].
pub async fn set_threshold(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    threshold: i32,
) -> Result<(), Trouble> {
    if !(0..=deletion::MOST).contains(&threshold) {
        return Err(Fault::InvalidParameter.into());
    }
    let work = store.work().await?;
    partner::save_deletion_threshold(&work, tenant, threshold).await?;
    let deed = (Deed::DeletionThresholdSet, Some(tenant.partner().into()));
    audit::record(&work, environment, tenant, actor, deed).await?;
    Ok(work.commit().await?)
}
