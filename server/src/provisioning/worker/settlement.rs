//! Brings an attempt's outcome back, in one transaction: the next event, the next attempt, or nothing.

use domain::{
    Fault, Mailing, Timestamp,
    fault::Fixer,
    lifecycle::Order,
    retry::{self, PATIENCE},
    timestamp::HOUR,
};

use super::{Worker, attempt::Outcome, subject::Attempted};
use crate::{
    fault::Trouble,
    provisioning::{
        change::{self, Circumstances},
        mailing,
        queue::{self, ClaimState, Kind, Setback},
    },
    store::{Actor, Tenant, Work, task::Task},
    targets::Refusal,
};

const SEND_PROOF: Kind = Kind::Subscriber(Order::SendProof);
const AWAIT_CONSENT: Kind = Kind::Subscriber(Order::AwaitConsent);

impl Worker {
    /// Brings the outcome back: the next event, the next attempt, or nothing.
    pub(super) async fn settle<S: Attempted>(&self, task: &Task, outcome: Outcome<S::Event>) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        let Some(id) = S::id_of(task.owner.id) else { return Ok(()) };
        let Some(subject) = S::lock(&work, Tenant::of_task(task), id).await? else { return Ok(()) };
        let (at, answered) = (queue::moment(&self.environment), outcome.is_answer());
        let now = at.now;
        let state = match &outcome {
            Outcome::Moot | Outcome::Sent | Outcome::Uncertain(_) => queue::finish(&mut work, task, now).await?,
            Outcome::Done { .. } => queue::conclude(&mut work, task, at).await?,
            _ => queue::claim_state(&mut work, task, now, answered).await?,
        };
        let task = match state {
            ClaimState::Mine(task) => *task,
            ClaimState::Replaced => return Ok(work.commit().await?),
            ClaimState::Lost => return Ok(()),
        };
        match outcome {
            Outcome::Overtaken | Outcome::Moot => {}
            Outcome::Sent => {
                self.unconfirmed_mails.works(now);
                self.report(&mut work, &task, &subject, Mailing::Sent, None).await?;
                if subject.setback().is_some_and(is_the_operators) {
                    self.refused_mails.works(now);
                }
            }
            Outcome::Uncertain(said) => {
                self.unconfirmed_mails.fails(now, Mailing::Uncertain.as_str(), said);
                self.report(&mut work, &task, &subject, Mailing::Uncertain, None).await?;
            }
            Outcome::PutOff(refusal) => self.put_off(&mut work, task, subject, refusal).await?,
            Outcome::Waits(refusal, wait) => {
                let setback = Setback { run_at: now.plus(wait), answered, counts: false };
                self.again(&mut work, task, &subject, refusal, setback).await?;
            }
            Outcome::Underway(wait) => self.wait(&mut work, task, subject, wait).await?,
            Outcome::Done { event, person_id } => {
                let with = Circumstances { person_id, ..Circumstances::default() };
                change::apply(&mut work, &self.environment, subject, event, &Actor::Engine, with).await?;
            }
            Outcome::Refused(refusal) => self.refused(&mut work, task, subject, refusal).await?,
        }
        Ok(work.commit().await?)
    }

    /// The target works on it.
    async fn wait<S: Attempted>(&self, work: &mut Work, task: Task, subject: S, wait: i64) -> Result<(), Trouble> {
        let now = self.environment.now();
        if self.is_endless(&task) && task.kind != AWAIT_CONSENT {
            return self.failed(work, task, subject, Fault::TargetTimeout.into()).await;
        }
        change::note_setback(work, &self.environment, &subject, None).await?;
        Ok(queue::wait(work, task, now, now.plus(wait)).await?)
    }

    async fn refused<S: Attempted>(
        &self,
        work: &mut Work,
        task: Task,
        subject: S,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        let answered = refusal.fault != Fault::TargetTimeout && refusal.fault != Fault::Internal;
        let Some(run_at) = self.again_at(&task, &refusal) else {
            // What an attempt before this one asked may still be done: nobody is told that it has failed, and nothing else is
            // ordered, until that is over. (An attempt without an answer is waited for by the next order: `in_doubt`.)
            if answered && task.earlier_doubt > queue::moment(&self.environment).settled {
                let setback = Setback { run_at: task.earlier_doubt, answered, counts: false };
                return self.again(work, task, &subject, refusal, setback).await;
            }
            return self.failed(work, task, subject, refusal).await;
        };
        self.again(work, task, &subject, refusal, Setback { run_at, answered, counts: true }).await
    }

    /// The receiving side asks to be tried again: for a day, or until whoever runs the server has fixed what it minds of us.
    async fn put_off<S: Attempted>(
        &self,
        work: &mut Work,
        task: Task,
        subject: S,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        let now = self.environment.now();
        if is_the_operators(refusal.fault) {
            let said = refusal.detail.as_deref().unwrap_or_default();
            self.refused_mails.fails(now, refusal.fault.entry().key, said);
        }
        let chance = self.environment.chance();
        let pause = retry::mail_pause(failures(&task) + 1, chance)
            .or_else(|| mailing::is_about_us(refusal.fault).then(|| retry::pause(1, chance, HOUR, HOUR)));
        let Some(pause) = pause else {
            let fault = match refusal.fault {
                Fault::MailPutOff | Fault::MailUnavailable => Fault::MailGivenUp,
                known => known,
            };
            return self.failed(work, task, subject, Refusal { fault, ..refusal }).await;
        };
        let setback = Setback { run_at: now.plus(pause), answered: true, counts: true };
        self.again(work, task, &subject, refusal, setback).await
    }

    /// It is tried again: the user and the admin are told why it takes longer.
    async fn again<S: Attempted>(
        &self,
        work: &mut Work,
        task: Task,
        subject: &S,
        refusal: Refusal,
        setback: Setback,
    ) -> Result<(), Trouble> {
        if let (Some(proof), Some(addressee)) = (task.proof_id, subject.addressee()) {
            let mailing = if setback.counts { Mailing::PutOff } else { Mailing::Queued };
            mailing::note(work, (proof, addressee), mailing, None).await?;
        }
        let why = Some((refusal.fault, refusal.detail));
        change::note_setback(work, &self.environment, subject, why).await?;
        Ok(queue::postpone(work, task, self.environment.now(), setback).await?)
    }

    /// For good, or for the last time.
    async fn failed<S: Attempted>(
        &self,
        work: &mut Work,
        task: Task,
        subject: S,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        queue::finish(work, &task, self.environment.now()).await?;
        self.give_up(&task, &refusal);
        if task.kind == SEND_PROOF {
            return self.report(work, &task, &subject, Mailing::Refused, Some(refusal)).await;
        }
        // The log above has the whole truth, for the operator.
        let refusal = subject.reported(work, refusal).await?;
        let with = Circumstances {
            detail: refusal.detail,
            tracking_id: Some(task.id.to_string()),
            ..Circumstances::default()
        };
        let event = S::failed(refusal.fault);
        change::apply(work, &self.environment, subject, event, &Actor::Engine, with).await?;
        Ok(())
    }

    /// Nothing more is tried for this order.
    fn give_up(&self, task: &Task, refusal: &Refusal) {
        self.breakers.forget(&task.target, task.owner.id);
        let code = refusal.fault.code();
        let Task { id, target: service, .. } = task;
        let kind = task.kind.as_str();
        if refusal.fault.entry().fixer == Fixer::Operator {
            let said = refusal.detail.as_deref().unwrap_or_default();
            tracing::warn!(event = "order_failed", service, kind, task = %id, code, said, "an order has failed for good");
        } else {
            // What is said about a user may name them; it stands with them in the hub.
            tracing::info!(event = "order_failed", service, kind, task = %id, code, "an order has failed for good");
        }
    }

    /// Whether the target works on it for longer than anything takes.
    fn is_endless(&self, task: &Task) -> bool {
        self.is_long_ago(task.accepted_since)
    }

    /// Whether it has been refused for longer than even an outage may last, if the target answers others.
    pub(super) fn is_overdue(&self, task: &Task) -> bool {
        self.is_long_ago(task.refused_since)
    }

    fn is_long_ago(&self, since: Option<Timestamp>) -> bool {
        since.is_some_and(|since| self.environment.now().since(since) > PATIENCE)
    }

    /// When a refused attempt is made again, if it is.
    fn again_at(&self, task: &Task, refusal: &Refusal) -> Option<Timestamp> {
        let failures = failures(task) + 1;
        if !refusal.fault.is_transient() || failures >= self.max_attempts || self.is_overdue(task) {
            return None;
        }
        let wait = retry::backoff(failures, self.environment.chance(), refusal.retry_after)?;
        Some(self.environment.now().plus(wait))
    }

    async fn report<S: Attempted>(
        &self,
        work: &mut Work,
        task: &Task,
        subject: &S,
        mailing: Mailing,
        refusal: Option<Refusal>,
    ) -> Result<(), Trouble> {
        let (Some(proof), Some(addressee)) = (task.proof_id, subject.addressee()) else { return Ok(()) };
        mailing::note_step(work, &self.environment, (proof, addressee), mailing, refusal).await
    }
}

/// How many attempts have failed through the task's own fault.
fn failures(task: &Task) -> u32 {
    u32::try_from(task.attempts).unwrap_or(u32::MAX - 1)
}

/// Whether whoever runs the server has to hear of it: a folder that is full is about everybody's mails, even if only one is
/// on its way.
fn is_the_operators(fault: Fault) -> bool {
    fault.entry().fixer == Fixer::Operator
}
