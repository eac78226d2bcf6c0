//! Brings an attempt's outcome back, in one transaction: the next event, the next attempt, or nothing.

use domain::{Fault, Timestamp, lifecycle::Event, retry, timestamp::DAY};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};

use super::{Worker, attempt::Outcome};
use crate::{
    fault::Trouble,
    provisioning::{
        activation::{self, mail},
        change::{self, Circumstances},
        queue::{self, Kind, Standing},
    },
    store::{
        Actor, Step, Work,
        entity::{subscriber, task},
    },
    targets::Refusal,
};

/// How long a target may work on one thing before that counts as failed, in milliseconds.
const LONGEST_WORK: i64 = DAY;

impl Worker {
    /// Brings the outcome back: the next event, the next attempt, or nothing.
    pub(super) async fn settle(&self, task: &task::Model, outcome: Outcome) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        let Some(subscriber) = change::lock_if_there(&work, task.subscriber_id).await? else { return Ok(()) };
        let (now, answered) = (self.environment.now(), outcome.is_answer());
        let task = match queue::stand(&mut work, task, now, answered).await? {
            Standing::Mine(task) => *task,
            Standing::Replaced => return Ok(work.commit().await?),
            Standing::Lost => return Ok(()),
        };
        match outcome {
            Outcome::Moot => queue::finish(&work, &task).await?,
            Outcome::Sent => {
                queue::finish(&work, &task).await?;
                self.note_mail(&mut work, &task, &subscriber, mail::SENT, None).await?;
            }
            Outcome::Uncertain => {
                queue::finish(&work, &task).await?;
                self.note_mail(&mut work, &task, &subscriber, mail::UNCERTAIN, None).await?;
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

    /// The target works on it.
    async fn wait(
        &self,
        work: &mut Work,
        task: task::Model,
        subscriber: subscriber::Model,
        wait: i64,
    ) -> Result<(), Trouble> {
        let now = self.environment.now();
        if self.is_endless(&task) && task.kind != Kind::AwaitConsent.as_str() {
            return self.failed(work, task, subscriber, Fault::TargetTimeout.into()).await;
        }
        Ok(queue::wait(work, task, now.plus(wait)).await?)
    }

    async fn refused(
        &self,
        work: &mut Work,
        task: task::Model,
        subscriber: subscriber::Model,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        let Some(run_at) = self.again_at(&task, &refusal) else {
            return self.failed(work, task, subscriber, refusal).await;
        };
        if let Some(proof) = task.proof_id {
            activation::note_mail(work, proof, mail::QUEUED).await?;
        }
        self.note_hitch(work, &subscriber, &refusal).await?;
        let answered = Outcome::<Event>::Refused(refusal).is_answer();
        Ok(queue::postpone(work, task, run_at, answered).await?)
    }

    /// For good, or for the last time.
    async fn failed(
        &self,
        work: &mut Work,
        task: task::Model,
        subscriber: subscriber::Model,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        queue::finish(work, &task).await?;
        if task.kind == Kind::SendProof.as_str() {
            return self.note_mail(work, &task, &subscriber, mail::REFUSED, Some(refusal)).await;
        }
        let with = Circumstances {
            detail: refusal.detail,
            tracking_id: Some(task.id.to_string()),
            ..Circumstances::default()
        };
        let event = Event::AttemptFailed(refusal.fault);
        change::apply(work, &self.environment, subscriber, event, &Actor::Engine, with).await?;
        Ok(())
    }

    /// Whether the target works on it for longer than anything takes.
    pub(super) fn is_endless(&self, task: &task::Model) -> bool {
        self.environment.now().since(Timestamp(task.created_at)) > LONGEST_WORK
    }

    /// When a refused attempt is made again, if it is.
    pub(super) fn again_at(&self, task: &task::Model, refusal: &Refusal) -> Option<Timestamp> {
        let attempts = u32::try_from(task.attempts).unwrap_or(u32::MAX);
        if !refusal.fault.is_transient() || attempts >= self.max_attempts {
            return None;
        }
        let wait = retry::backoff(attempts, self.environment.chance(), refusal.retry_after)?;
        Some(self.environment.now().plus(wait))
    }

    /// An attempt failed and will be made again: the user and the admin are told why it takes longer.
    async fn note_hitch(
        &self,
        work: &mut Work,
        subscriber: &subscriber::Model,
        refusal: &Refusal,
    ) -> Result<(), Trouble> {
        let fault = i32::try_from(refusal.fault.code()).ok();
        work.record(
            &self.environment,
            Step {
                whose: subscriber.into(),
                event: "attempt_postponed",
                actor: &Actor::Engine,
                status: Some(&subscriber.status),
                fault,
                detail: refusal.detail.clone(),
            },
        )
        .await?;
        let mut row: subscriber::ActiveModel = subscriber.clone().into();
        row.hitch = Set(fault);
        row.update(&**work).await?;
        work.changed(subscriber);
        Ok(())
    }

    async fn note_mail(
        &self,
        work: &mut Work,
        task: &task::Model,
        subscriber: &subscriber::Model,
        state: &str,
        refusal: Option<Refusal>,
    ) -> Result<(), Trouble> {
        if let Some(proof) = task.proof_id {
            activation::note_mail(work, proof, state).await?;
        }
        work.record(
            &self.environment,
            Step {
                whose: subscriber.into(),
                event: match state {
                    mail::SENT => "mail_sent",
                    mail::UNCERTAIN => "mail_uncertain",
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
