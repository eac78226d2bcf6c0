//! Brings an attempt's outcome back, in one transaction: the next event, the next attempt, or nothing.

use domain::{
    Fault, Mailing, Timestamp,
    fault::Fixer,
    lifecycle::Event,
    retry::{self, PATIENCE},
    timestamp::HOUR,
};

use super::{Worker, attempt::Outcome};
use crate::{
    fault::Trouble,
    provisioning::{
        activation,
        change::{self, Circumstances},
        queue::{self, Kind, Setback, Standing},
        tenancy,
    },
    store::{Actor, Step, Subscriber, Work, subscriber, task::Task},
    targets::Refusal,
};

impl Worker {
    /// Brings the outcome back: the next event, the next attempt, or nothing.
    pub(super) async fn settle(&self, task: &Task, outcome: Outcome) -> Result<(), Trouble> {
        let work = self.store.work().await?;
        let Some(subscriber) = change::lock_if_there(&work, task.subscriber_id).await? else { return Ok(()) };
        let (now, answered) = (self.environment.now(), outcome.is_answer());
        let Some((mut work, task)) = self.still_ours(work, task, answered).await? else { return Ok(()) };
        match outcome {
            Outcome::Moot => queue::finish(&work, &task).await?,
            Outcome::Sent => {
                queue::finish(&work, &task).await?;
                self.note_mail(&mut work, &task, &subscriber, Mailing::Sent, None).await?;
                if hitch(&subscriber).is_some_and(is_the_operators) {
                    self.refused_mails.works(now);
                }
            }
            Outcome::Uncertain => {
                queue::finish(&work, &task).await?;
                self.note_mail(&mut work, &task, &subscriber, Mailing::Uncertain, None).await?;
            }
            Outcome::PutOff(refusal) => self.put_off(&mut work, task, subscriber, refusal).await?,
            Outcome::Waits(refusal, wait) => {
                let setback = Setback { run_at: now.plus(wait), answered, counts: false };
                self.again(&mut work, task, &subscriber, refusal, setback).await?;
            }
            Outcome::Underway(wait) => self.wait(&mut work, task, subscriber, wait).await?,
            Outcome::Done { event, person_id } => {
                queue::finish(&work, &task).await?;
                let with = Circumstances { person_id, ..Circumstances::default() };
                change::apply(&mut work, &self.environment, subscriber, event, &Actor::Engine, with).await?;
            }
            Outcome::Refused(refusal) => self.refused(&mut work, task, subscriber, refusal).await?,
        }
        Ok(work.commit().await?)
    }

    /// The task as it stands now, in this transaction; nothing if the attempt has been overtaken.
    pub(super) async fn still_ours(
        &self,
        mut work: Work,
        task: &Task,
        answered: bool,
    ) -> Result<Option<(Work, Task)>, Trouble> {
        match queue::stand(&mut work, task, self.environment.now(), answered).await? {
            Standing::Mine(task) => return Ok(Some((work, *task))),
            Standing::Replaced => work.commit().await?,
            Standing::Lost => {}
        }
        Ok(None)
    }

    /// The target works on it.
    async fn wait(&self, work: &mut Work, task: Task, subscriber: Subscriber, wait: i64) -> Result<(), Trouble> {
        let now = self.environment.now();
        if self.is_endless(&task) && task.kind != Kind::AwaitConsent.as_str() {
            return self.failed(work, task, subscriber, Fault::TargetTimeout.into()).await;
        }
        self.note_hitch(work, &subscriber, None).await?;
        Ok(queue::wait(work, task, now, now.plus(wait)).await?)
    }

    async fn refused(
        &self,
        work: &mut Work,
        task: Task,
        subscriber: Subscriber,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        let Some(run_at) = self.again_at(&task, &refusal) else {
            return self.failed(work, task, subscriber, refusal).await;
        };
        let answered = refusal.fault != Fault::TargetTimeout && refusal.fault != Fault::Internal;
        self.again(work, task, &subscriber, refusal, Setback { run_at, answered, counts: true }).await
    }

    /// The receiving side asks to be tried again: for a day, or until whoever runs the server has mended what it minds of us.
    async fn put_off(
        &self,
        work: &mut Work,
        task: Task,
        subscriber: Subscriber,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        let now = self.environment.now();
        if is_the_operators(refusal.fault) {
            let said = refusal.detail.as_deref().unwrap_or_default();
            self.refused_mails.fails(now, refusal.fault.entry().key, said);
        }
        let chance = self.environment.chance();
        let pause = retry::mail_pause(failures(&task) + 1, chance)
            .or_else(|| is_about_us(refusal.fault).then(|| retry::pause(1, chance, HOUR, HOUR)));
        let Some(pause) = pause else {
            let fault = match refusal.fault {
                Fault::MailPutOff | Fault::MailUnavailable => Fault::MailGivenUp,
                known => known,
            };
            return self.failed(work, task, subscriber, Refusal { fault, ..refusal }).await;
        };
        let setback = Setback { run_at: now.plus(pause), answered: true, counts: true };
        self.again(work, task, &subscriber, refusal, setback).await
    }

    /// It is tried again: the user and the admin are told why it takes longer.
    async fn again(
        &self,
        work: &mut Work,
        task: Task,
        subscriber: &Subscriber,
        refusal: Refusal,
        setback: Setback,
    ) -> Result<(), Trouble> {
        if let Some(proof) = task.proof_id {
            let mailing = if setback.counts { Mailing::PutOff } else { Mailing::Queued };
            activation::note_mail(work, proof, mailing, None).await?;
        }
        self.note_hitch(work, subscriber, Some(refusal)).await?;
        Ok(queue::postpone(work, task, self.environment.now(), setback).await?)
    }

    /// For good, or for the last time.
    async fn failed(
        &self,
        work: &mut Work,
        task: Task,
        subscriber: Subscriber,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        queue::finish(work, &task).await?;
        self.give_up(&task, &refusal);
        if task.kind == Kind::SendProof.as_str() {
            return self.note_mail(work, &task, &subscriber, Mailing::Refused, Some(refusal)).await;
        }
        // The log above has the whole truth, for the operator.
        let refusal = tenancy::told(&**work, &subscriber, refusal).await?;
        let with = Circumstances {
            detail: refusal.detail,
            tracking_id: Some(task.id.to_string()),
            ..Circumstances::default()
        };
        let event = Event::AttemptFailed(refusal.fault);
        change::apply(work, &self.environment, subscriber, event, &Actor::Engine, with).await?;
        Ok(())
    }

    /// Nothing more is tried for this order.
    pub(super) fn give_up(&self, task: &Task, refusal: &Refusal) {
        self.breakers.forget(&task.target, task.subscriber_id);
        let (code, said) = (refusal.fault.code(), refusal.detail.as_deref().unwrap_or_default());
        let Task { id, kind, target: service, .. } = task;
        if refusal.fault.entry().fixer == Fixer::Operator {
            tracing::warn!(event = "order_failed", service, kind, task = %id, code, said, "an order has failed for good");
        } else {
            tracing::info!(event = "order_failed", service, kind, task = %id, code, said, "an order has failed for good");
        }
    }

    /// Whether the target works on it for longer than anything takes.
    pub(super) fn is_endless(&self, task: &Task) -> bool {
        self.is_long_ago(task.accepted_since)
    }

    /// Whether it has been refused for longer than even an outage may last, if the target answers others.
    pub(super) fn is_overdue(&self, task: &Task) -> bool {
        self.is_long_ago(task.refused_since)
    }

    fn is_long_ago(&self, since: i64) -> bool {
        since != 0 && self.environment.now().since(Timestamp(since)) > PATIENCE
    }

    /// When a refused attempt is made again, if it is.
    pub(super) fn again_at(&self, task: &Task, refusal: &Refusal) -> Option<Timestamp> {
        let failures = failures(task) + 1;
        if !refusal.fault.is_transient() || failures >= self.max_attempts || self.is_overdue(task) {
            return None;
        }
        let wait = retry::backoff(failures, self.environment.chance(), refusal.retry_after)?;
        Some(self.environment.now().plus(wait))
    }

    /// Why the attempt under way has to be made again, or that it has not. History keeps what is new.
    async fn note_hitch(
        &self,
        work: &mut Work,
        subscriber: &Subscriber,
        refusal: Option<Refusal>,
    ) -> Result<(), Trouble> {
        let fault = refusal.as_ref().and_then(|refusal| i32::try_from(refusal.fault.code()).ok());
        if subscriber.hitch == fault {
            return Ok(());
        }
        let hitched = Subscriber { hitch: fault, ..subscriber.clone() };
        subscriber::save(work, subscriber, hitched).await?;
        work.changed(subscriber);
        let Some(refusal) = refusal else { return Ok(()) };
        work.record(
            &self.environment,
            Step {
                whose: subscriber.into(),
                event: "attempt_postponed",
                actor: &Actor::Engine,
                status: Some(&subscriber.status),
                fault,
                detail: refusal.detail,
            },
        )
        .await?;
        Ok(())
    }

    async fn note_mail(
        &self,
        work: &mut Work,
        task: &Task,
        subscriber: &Subscriber,
        mailing: Mailing,
        refusal: Option<Refusal>,
    ) -> Result<(), Trouble> {
        if let Some(proof) = task.proof_id {
            activation::note_mail(work, proof, mailing, refusal.as_ref()).await?;
        }
        work.record(
            &self.environment,
            Step {
                whose: subscriber.into(),
                event: match mailing {
                    Mailing::Sent => "mail_sent",
                    Mailing::Uncertain => "mail_uncertain",
                    _ => "mail_refused",
                },
                actor: &Actor::Engine,
                status: Some(&subscriber.status),
                fault: refusal.as_ref().and_then(|refusal| i32::try_from(refusal.fault.code()).ok()),
                detail: refusal.and_then(|refusal| refusal.detail),
            },
        )
        .await?;
        Ok(())
    }
}

/// How many attempts have failed through the task's own fault.
fn failures(task: &Task) -> u32 {
    u32::try_from(task.attempts).unwrap_or(u32::MAX - 1)
}

/// Why the attempt before had to be made again.
fn hitch(subscriber: &Subscriber) -> Option<Fault> {
    subscriber.hitch.and_then(|code| u32::try_from(code).ok()).and_then(Fault::from_code)
}

/// Whether whoever runs the server has to hear of it: a folder that is full is about everybody's mails, even if only one is
/// on its way.
fn is_the_operators(fault: Fault) -> bool {
    fault.entry().fixer == Fixer::Operator
}

/// Whether single mails are refused for what we are, which whoever runs the server has to mend.
const fn is_about_us(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::MailRelayDenied | Fault::MailHostRefused | Fault::MailSenderRefused | Fault::MailUnauthorized
    )
}
