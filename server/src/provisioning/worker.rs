//! Takes tasks and carries them out.
//!
//! An attempt is: claim (a short transaction), call the target or the mail server (no transaction), bring the outcome
//! back (a short transaction). If the process dies in between, the lease runs out and the attempt is made again; every
//! target answers a repeated attempt with the account that the first one made.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use domain::{
    EmailAddress, Fault, Package, Timestamp,
    lifecycle::{Event, State},
    retry,
};
use futures::FutureExt as _;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, EntityTrait as _, QuerySelect as _};
use tokio::{sync::Semaphore, task::JoinSet};

use super::{
    activation::{self, mail},
    change::{self, Circumstances},
    queue::{self, Kind, Standing},
};
use crate::{
    environment::Environment,
    fault::Trouble,
    live::Live,
    store::{
        Actor, Step, Store, Work,
        entity::{customer, proof, subscriber, task, template},
    },
    targets::{Account, Refusal, Targets},
};

/// How many attempts one server has under way at a time.
const CONCURRENCY: usize = 16;
/// How long to wait for tasks before looking again: what a retry or a dead replica's task waits at the longest.
const PATROL: Duration = Duration::from_millis(500);
/// How long a call to a target may take; well within [`queue::LEASE`].
const CALL: Duration = Duration::from_secs(20);
/// How long a shutdown waits for attempts under way.
const FAREWELL: Duration = Duration::from_secs(10);

/// Sends the mail of a proof. Implemented over `crate::mail`; a trait so that the engine knows no transport.
#[async_trait::async_trait]
pub trait Courier: Send + Sync {
    /// Writes and sends the mail with this link token and code.
    async fn send_proof(&self, letter: Letter) -> Result<(), Refusal>;
}

/// What the mail of a proof needs.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The proof: also the mail's id, so that sending it again is recognisable.
    pub proof: proof::Model,
    /// To whom.
    pub subscriber: subscriber::Model,
    /// Under which template.
    pub template: template::Model,
    /// The link's token.
    pub token: String,
    /// The six digits.
    pub code: String,
}

/// The engine's moving part.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    environment: Environment,
    live: Live,
    targets: Targets,
    courier: Arc<dyn Courier>,
    max_attempts: u32,
    owner: String,
}

/// How an attempt ended.
enum Outcome {
    /// The target did it.
    Done { event: Event, person_id: Option<String> },
    /// The mail is on its way.
    Sent,
    /// It was refused.
    Refused(Refusal),
    /// Nothing is to be done any more: what it was for has changed.
    Moot,
}

impl Worker {
    /// A worker on this database. `max_attempts` counts attempts per task before the subscriber is in `error`.
    #[must_use]
    pub fn new(
        store: Store,
        environment: Environment,
        live: Live,
        targets: Targets,
        courier: Arc<dyn Courier>,
        max_attempts: u32,
    ) -> Self {
        let owner = environment.id().to_string();
        Self { store, environment, live, targets, courier, max_attempts, owner }
    }

    /// Works until `stop` resolves, then finishes the attempts under way.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        let slots = Arc::new(Semaphore::new(CONCURRENCY));
        let mut attempts = JoinSet::new();
        tokio::pin!(stop);
        loop {
            let taken = self.take(&slots, &mut attempts).await;
            while attempts.try_join_next().is_some() {}
            if taken {
                continue;
            }
            tokio::select! {
                () = &mut stop => break,
                () = self.live.wait_for_tasks() => {}
                Some(_) = attempts.join_next() => {}
                () = tokio::time::sleep(PATROL) => {}
            }
        }
        // What is not finished by then keeps its lease and is taken up again after it.
        let _ = tokio::time::timeout(FAREWELL, async { while attempts.join_next().await.is_some() {} }).await;
    }

    /// Claims as many tasks as there are free slots; `true` if there may be more.
    async fn take(&self, slots: &Arc<Semaphore>, attempts: &mut JoinSet<()>) -> bool {
        let free = slots.available_permits();
        if free == 0 {
            return false;
        }
        let claimed = match self.claim(free as u64).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "tasks cannot be taken");
                return false;
            }
        };
        let full = claimed.len() == free;
        for task in claimed {
            let Ok(slot) = slots.clone().acquire_owned().await else { return false };
            let worker = self.clone();
            attempts.spawn(async move {
                worker.attempt(task).await;
                drop(slot);
            });
        }
        full
    }

    async fn claim(&self, most: u64) -> Result<Vec<task::Model>, Trouble> {
        let now = self.environment.now();
        if !queue::is_due(&self.store, now).await? {
            return Ok(Vec::new());
        }
        Ok(queue::claim(&self.store, now, &self.owner, most).await?)
    }

    /// Carries out every task that is due, one after the other, until none is: for tests and the command line.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drain(&self) -> Result<(), Trouble> {
        loop {
            let claimed = self.claim(1).await?;
            if claimed.is_empty() {
                return Ok(());
            }
            for task in claimed {
                self.attempt(task).await;
            }
        }
    }

    /// One attempt. A failure to bring the outcome back leaves the lease to run out: the attempt is made again.
    async fn attempt(&self, task: task::Model) {
        // A bug that panics is a failed attempt like any other, so that it comes to an end and somebody sees it.
        let carried_out = AssertUnwindSafe(self.carry_out(&task)).catch_unwind().await;
        let settled = match carried_out.unwrap_or_else(|_| Ok(Outcome::Refused(Fault::Internal.into()))) {
            Ok(outcome) => self.settle(&task, outcome).await,
            Err(trouble) => Err(trouble),
        };
        if let Err(error) = settled {
            tracing::error!(task = %task.id, kind = task.kind, %error, "an attempt could not be settled");
        }
    }

    async fn carry_out(&self, task: &task::Model) -> Result<Outcome, Trouble> {
        let Some(subscriber) = subscriber::Entity::find_by_id(task.subscriber_id).one(self.store.read()).await? else {
            return Ok(Outcome::Moot);
        };
        let Some(template) = template::Entity::find_by_id(subscriber.template_id).one(self.store.read()).await? else {
            return Ok(Outcome::Moot);
        };
        match Kind::parse(&task.kind) {
            Some(Kind::SendProof) => self.send_proof(task, subscriber, template).await,
            Some(kind) => self.call_target(kind, task, &subscriber, &template).await,
            None => Ok(Outcome::Moot),
        }
    }

    async fn send_proof(
        &self,
        task: &task::Model,
        subscriber: subscriber::Model,
        template: template::Model,
    ) -> Result<Outcome, Trouble> {
        let proof = match task.proof_id {
            Some(id) => proof::Entity::find_by_id(id).one(self.store.read()).await?,
            None => None,
        };
        let Some(proof) = proof.filter(|proof| proof.open) else { return Ok(Outcome::Moot) };
        let (token, code) = activation::new_secrets(&self.store, &self.environment, proof.id).await?;
        let letter = Letter { proof, subscriber, template, token, code };
        Ok(match self.courier.send_proof(letter).await {
            Ok(()) => Outcome::Sent,
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn call_target(
        &self,
        kind: Kind,
        task: &task::Model,
        subscriber: &subscriber::Model,
        template: &template::Model,
    ) -> Result<Outcome, Trouble> {
        let Some(target) = self.targets.get(&template.target) else {
            return Ok(Outcome::Refused(Fault::TargetUnauthorized.into()));
        };
        let state = change::lifecycle(subscriber)?.state;
        let call = async {
            match (kind, state) {
                (Kind::CreateAccount, State::Provisioning(address)) => {
                    let account = self.account(task, subscriber, address.email().clone(), None).await?;
                    let person_id = target.create(&account).await.map_err(Ended::Refused)?;
                    Ok((Event::AccountCreated, Some(person_id)))
                }
                (Kind::UpdateAccount, State::Updating(address, package)) => {
                    let account = self.account(task, subscriber, address.email().clone(), Some(package)).await?;
                    target.update(&account).await.map_err(Ended::Refused)?;
                    Ok((Event::AccountUpdated, None))
                }
                (Kind::RemoveAccount, State::Removing(_)) => {
                    target.remove(subscriber.id).await.map_err(Ended::Refused)?;
                    Ok((Event::AccountRemoved, None))
                }
                _ => Err(Ended::Moot),
            }
        };
        match tokio::time::timeout(CALL, call).await {
            Ok(Ok((event, person_id))) => Ok(Outcome::Done { event, person_id }),
            Ok(Err(Ended::Refused(refusal))) => Ok(Outcome::Refused(refusal)),
            Ok(Err(Ended::Moot)) => Ok(Outcome::Moot),
            Ok(Err(Ended::Trouble(trouble))) => Err(trouble),
            Err(_) => Ok(Outcome::Refused(Fault::TargetTimeout.into())),
        }
    }

    async fn account(
        &self,
        task: &task::Model,
        subscriber: &subscriber::Model,
        email: EmailAddress,
        package: Option<Package>,
    ) -> Result<Account, Ended> {
        let customer = customer::Entity::find_by_id(subscriber.customer_id)
            .one(self.store.read())
            .await
            .map_err(|error| Ended::Trouble(error.into()))?
            .ok_or(Ended::Moot)?;
        let package = match package {
            Some(package) => package,
            None => Package::parse(&subscriber.package).map_err(|_| Ended::Moot)?,
        };
        Ok(Account {
            external_id: subscriber.id,
            idempotency_key: task.id,
            user_id: subscriber.user_id.clone(),
            sp_enterprise_id: customer.sp_enterprise_id,
            email,
            first_name: subscriber.first_name.clone(),
            last_name: subscriber.last_name.clone(),
            package,
            administrator: customer.administrator_id == Some(subscriber.id),
        })
    }

    /// Brings the outcome back: the next event, the next attempt, or nothing.
    async fn settle(&self, task: &task::Model, outcome: Outcome) -> Result<(), Trouble> {
        let mut work = self.store.work().await?;
        // The subscriber first, then the task: the order in which every use case locks them.
        let Some(subscriber) = subscriber::Entity::find_by_id(task.subscriber_id).lock_exclusive().one(&*work).await?
        else {
            return Ok(());
        };
        let task = match queue::stand(&mut work, task).await? {
            Standing::Mine(task) => task,
            Standing::Replaced => return Ok(work.commit().await?),
            Standing::Lost => return Ok(()),
        };
        match outcome {
            Outcome::Moot => queue::finish(&work, &task).await?,
            Outcome::Sent => {
                queue::finish(&work, &task).await?;
                self.note_mail(&mut work, &task, &subscriber, mail::SENT, None).await?;
            }
            Outcome::Done { event, person_id } => {
                queue::finish(&work, &task).await?;
                let with = Circumstances { person_id, ..Circumstances::default() };
                change::apply(&mut work, &self.environment, subscriber, event, &Actor::Engine, with).await?;
            }
            Outcome::Refused(refusal) => self.refused(&mut work, task, subscriber, refusal).await?,
        }
        Ok(work.commit().await?)
    }

    async fn refused(
        &self,
        work: &mut Work,
        task: task::Model,
        subscriber: subscriber::Model,
        refusal: Refusal,
    ) -> Result<(), Trouble> {
        if let Some(run_at) = self.again_at(&task, &refusal) {
            self.note_hitch(work, &subscriber, &refusal).await?;
            return Ok(queue::postpone(work, task, run_at).await?);
        }
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

    /// When a refused attempt is made again, if it is.
    fn again_at(&self, task: &task::Model, refusal: &Refusal) -> Option<Timestamp> {
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
                subscriber,
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
                subscriber,
                event: if refusal.is_none() { "mail_sent" } else { "mail_refused" },
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

/// Why a call did not come to its end.
enum Ended {
    Refused(Refusal),
    Moot,
    Trouble(Trouble),
}
