//! Tasks: at most one per subscriber or workspace and lane, leased while an attempt is under way, in turns that are fair
//! between customers.
//!
//! Turns follow the virtual clock: each task of a customer is due [`STEP`] after the customer's last one, and never
//! earlier than now. A customer with 50,000 new users fills the next hours' turns; another one's single user still
//! comes next.

use domain::{Fault, Timestamp};

pub use domain::task::Kind;

pub use crate::store::task::{For, MAIL, forget, forget_mail, free, is_due, length, next_mail, release, release_one};
use crate::{
    environment::Environment,
    fault::Trouble,
    log::TRACE,
    store::{
        DbErr, Owner, OwnerId, ProofId, Store, Template, Work, customer,
        task::{self, Moment, Task, Terms},
    },
};

/// How far apart a customer's turns are, in milliseconds.
const STEP: i64 = 20;
/// How long a server that holds a task may be silent before the task counts as abandoned, in milliseconds. While an
/// attempt is under way, its server renews the lease several times in this span.
pub const LEASE: i64 = 15_000;

/// How long after its caller has given up a target may still do what it was asked, in milliseconds. A request that hangs
/// in some queue longer than this is beyond us.
pub const SETTLING: i64 = 30_000;

/// How long after its task was taken an attempt may call, in milliseconds.
pub const LONGEST_CALL: i64 = 20_000;

/// What time it is for tasks.
#[must_use]
pub fn moment(environment: &Environment) -> Moment {
    let (now, settled) = environment.settled(LEASE + LONGEST_CALL + SETTLING);
    Moment { now, settled }
}

/// A task to be added.
pub struct NewTask {
    /// For whom or what.
    pub owner: Owner,
    /// What to do.
    pub kind: Kind,
    /// The target that it needs, or [`MAIL`].
    pub target: String,
    /// Which proof the mail is for.
    pub proof: Option<ProofId>,
    /// Waits for the customer's administrator.
    pub held: bool,
    /// Until when an earlier order may still have an effect: see [`in_doubt`].
    pub not_before: Timestamp,
}

impl NewTask {
    /// The same for the template's target.
    #[must_use]
    pub fn at(self, template: &Template) -> Self {
        Self { target: template.target.clone(), ..self }
    }
}

/// Until when an order that ended with this fault at that time may still have an effect at the target: if it ended without
/// an answer.
#[must_use]
pub fn in_doubt(fault: Option<Fault>, ended_at: Timestamp) -> Timestamp {
    if fault == Some(Fault::TargetTimeout) { ended_at.plus(SETTLING) } else { Timestamp(0) }
}

/// Adds a task, or replaces the one in its lane. A replaced task that is under way keeps its lease: the new one runs
/// only when that attempt has ended or its lease has. One that is new and due is taken at once, if this server's worker has room.
///
/// # Errors
/// If the database fails.
pub async fn add(work: &mut Work, environment: &Environment, new: NewTask) -> Result<(), Trouble> {
    let Moment { now, settled } = moment(environment);
    let turn = customer::next_turn(work, new.owner.customer, STEP, now).await?;
    let is_due = !new.held && new.not_before <= settled;
    let place = if is_due { work.place(&new.target, now) } else { None };
    let terms = place.as_ref().map(|place| terms(place.owner(), now));
    let doubt = terms.map_or(new.not_before, |terms| terms.doubt);
    let task = Task {
        id: environment.id().into(),
        owner: new.owner,
        target: new.target,
        kind: new.kind,
        proof_id: new.proof,
        generation: 0,
        attempts: 0,
        run_at: now.max(new.not_before),
        turn,
        held: new.held,
        lease_until: terms.map_or(Timestamp(0), |terms| terms.until),
        lease_owner: terms.map(|terms| terms.owner.to_owned()),
        claims: terms.map_or(0, |_| 1),
        doubt_until: if new.kind.is_effective() { doubt } else { Timestamp(0) },
        earlier_doubt: Timestamp(0),
        refused_since: None,
        accepted_since: None,
        created_at: now,
    };
    let put = task::put(work, task).await?;
    tracing::info!(target: TRACE, ordered = %put.id);
    match place {
        // It has replaced none, which may be under way.
        Some(place) if put.generation == 0 => work.begin_at_once(place, put),
        _ if work.begin_instead(&put) => {}
        _ => work.tasks_added(),
    }
    Ok(())
}

/// How a task is taken that is taken now.
const fn terms(owner: &str, now: Timestamp) -> Terms<'_> {
    Terms { owner, until: now.plus(LEASE), doubt: now.plus(LONGEST_CALL + SETTLING) }
}

/// Takes up to `most` tasks that are due, for [`LEASE`] milliseconds.
///
/// # Errors
/// If the database fails.
pub async fn claim(store: &Store, at: Moment, owner: &str, most: u64, whose: For) -> Result<Vec<Task>, DbErr> {
    task::claim(store, at, terms(owner, at.now), most, whose).await
}

/// Keeps the leases of the attempts that this server has under way for these owners. By owner, because a task
/// that was replaced meanwhile has another id, and must not run before the attempt has ended.
///
/// # Errors
/// If the database fails.
pub async fn renew(store: &Store, now: Timestamp, server: &str, owners: Vec<OwnerId>) -> Result<(), DbErr> {
    task::renew(store, now.plus(LEASE), server, owners).await
}

/// What became of a task while an attempt was under way.
pub enum ClaimState {
    /// It is still what it was: the attempt's outcome counts.
    Mine(Box<Task>),
    /// A newer order has replaced it; the lease is free now, so that the new order can run.
    Replaced,
    /// It is gone, or its lease ran out and somebody else took it.
    Lost,
}

/// Looks a task up again when its attempt has ended, and locks it until the transaction ends. `answered`: see
/// [`postpone`].
///
/// # Errors
/// If the database fails.
pub async fn claim_state(work: &mut Work, task: &Task, now: Timestamp, answered: bool) -> Result<ClaimState, Trouble> {
    let current = task::current(work, task).await?;
    let Some(current) = current else { return Ok(ClaimState::Lost) };
    if current.lease_owner != task.lease_owner || current.claims != task.claims {
        return Ok(ClaimState::Lost);
    }
    if current.id == task.id {
        return Ok(ClaimState::Mine(Box::new(current)));
    }
    // What is later than the doubt about the attempt is when the new order is to be carried out.
    let ordered_for = if current.run_at > current.doubt_until { current.run_at } else { now };
    let run_at = if answered { now.max(current.earlier_doubt) } else { now.plus(SETTLING) }.max(ordered_for);
    free_at(work, &current, current.clone(), run_at, answered).await?;
    work.tasks_added();
    Ok(ClaimState::Replaced)
}

/// An attempt that failed and is made again.
#[derive(Clone, Copy, Debug)]
pub struct Setback {
    /// When it is made again.
    pub run_at: Timestamp,
    /// Whether the target has said something, so that nothing that it was asked is still under way.
    pub answered: bool,
    /// Whether the task has lost an attempt.
    pub counts: bool,
}

/// Gives a task back to be tried again.
///
/// # Errors
/// If the database fails.
pub async fn postpone(work: &Work, before: Task, now: Timestamp, setback: Setback) -> Result<(), DbErr> {
    let Setback { run_at, answered, counts } = setback;
    let mut task = before.clone();
    task.refused_since = task.refused_since.or(Some(now));
    if counts {
        task.attempts += 1;
    } else {
        // What is down does not work on anything.
        task.accepted_since = None;
    }
    free_at(work, &before, task, run_at, answered).await
}

/// Gives a task back that the target works on: to be asked again at `run_at`. It answered, so the count of failed
/// attempts begins anew.
///
/// # Errors
/// If the database fails.
pub async fn wait(work: &Work, before: Task, now: Timestamp, run_at: Timestamp) -> Result<(), DbErr> {
    let mut task = before.clone();
    task.accepted_since = task.accepted_since.or(Some(now));
    (task.attempts, task.refused_since) = (0, None);
    free_at(work, &before, task, run_at, true).await
}

/// Ends a task for which there is nothing left to do, if it is still what its attempt has claimed. Else, as [`claim_state`].
///
/// # Errors
/// If the database fails.
pub async fn finish(work: &mut Work, task: &Task, now: Timestamp) -> Result<ClaimState, Trouble> {
    if task::finish(work, task).await? {
        return Ok(ClaimState::Mine(Box::new(task.clone())));
    }
    claim_state(work, task, now, true).await
}

/// Ends a task that is done, likewise. If an attempt before the last one may still take effect, the task stays until that is
/// over, so that whatever is ordered meanwhile waits for it, too.
///
/// # Errors
/// If the database fails.
pub async fn conclude(work: &mut Work, task: &Task, at: Moment) -> Result<ClaimState, Trouble> {
    if task.earlier_doubt <= at.settled {
        return finish(work, task, at.now).await;
    }
    let state = claim_state(work, task, at.now, true).await?;
    if let ClaimState::Mine(task) = &state {
        free_at(work, task, (**task).clone(), task.earlier_doubt, true).await?;
    }
    Ok(state)
}

/// The task as it was `before`, with what has changed of it and free to be taken.
async fn free_at(work: &Work, before: &Task, after: Task, run_at: Timestamp, answered: bool) -> Result<(), DbErr> {
    let doubt_until = if answered { after.earlier_doubt } else { after.doubt_until };
    let free = Task { doubt_until, run_at, lease_until: Timestamp(0), lease_owner: None, ..after };
    task::save(work, before, &free).await
}
