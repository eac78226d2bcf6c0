//! A unit of work: one transaction with everything that belongs together.

use std::{ops::Deref, sync::Arc};

use domain::{Fault, Happening, HistoryEvent, Permission, Status, Timestamp, audit::Deed, webhook};
use sea_orm::DbErr;

use super::{
    administrator, audit,
    calls::Calls,
    entity::history,
    ids::{AdministratorId, ApiTokenId, CustomerId, OwnerId, PartnerId, StepId, SubscriberId, TemplateId},
    replicas,
    row::{self, code},
    sqlite::DatabaseFile,
    subscriber::Subscriber,
    task::{self, Task},
    transaction::{Transaction, Writer},
};
use crate::{
    environment::Environment,
    handover::{Handover, Place},
    live::{Change, Live, News},
    metrics::{Happened, Metrics},
    store::Trouble,
};

/// Who does something, for the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The user, in the portal.
    User,
    /// The engine.
    Engine,
    /// An administrator, in the hub.
    Administrator(AdministratorId),
    /// An API client, by its token's id.
    Token(ApiTokenId),
    /// `flowthrough import`.
    Import,
    /// Whoever runs the server, at the command line.
    Operator,
    /// BroadWorks, through the flow-through adapter of a template.
    Adapter(TemplateId),
}

impl std::fmt::Display for Actor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User => f.write_str("user"),
            Self::Engine => f.write_str("engine"),
            Self::Administrator(id) => write!(f, "admin:{id}"),
            Self::Token(id) => write!(f, "api:{id}"),
            Self::Import => f.write_str("import"),
            Self::Operator => f.write_str("operator"),
            Self::Adapter(id) => write!(f, "adapter:{id}"),
        }
    }
}

impl Actor {
    /// Whom history names; none for whom a later version may know.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text.split_once(':').unwrap_or((text, "")) {
            ("user", _) => Self::User,
            ("engine", _) => Self::Engine,
            ("import", _) => Self::Import,
            ("operator", _) => Self::Operator,
            ("admin", id) => Self::Administrator(id.parse().ok()?),
            ("api", id) => Self::Token(id.parse().ok()?),
            ("adapter", id) => Self::Adapter(id.parse().ok()?),
            _ => return None,
        })
    }
}

/// An open transaction. Dropping it rolls back; [`Work::commit`] notifies open pages and the worker what changed.
pub struct Work {
    transaction: Transaction,
    live: Live,
    metrics: Metrics,
    changes: Vec<Change>,
    happened: Vec<Happened>,
    tasks: bool,
    handover: Handover,
    /// A task that is leased already to this server's worker, and its place there.
    begun: Option<(Place, Task)>,
    /// The administrator who was found last to be allowed something still, and for which customer.
    admitted: Option<(AdministratorId, Permission, CustomerId)>,
    /// What no webhook of which partner was found last to report.
    unheard: Option<(PartnerId, webhook::Event)>,
}

impl Deref for Work {
    type Target = Transaction;
    fn deref(&self) -> &Transaction {
        &self.transaction
    }
}

impl Work {
    pub(super) async fn begin(
        writer: &Writer,
        calls: Calls,
        file: Option<Arc<DatabaseFile>>,
        (live, handover): (Live, Handover),
    ) -> Result<Self, DbErr> {
        let metrics = calls.metrics.clone();
        let transaction = Transaction::begin(writer, calls, file).await?;
        let (changes, happened) = (Vec::new(), Vec::new());
        let (tasks, begun, admitted, unheard) = (false, None, None, None);
        Ok(Self { transaction, live, metrics, changes, happened, tasks, handover, begun, admitted, unheard })
    }

    /// Open pages that show this subscriber shall hear of it.
    pub fn changed(&mut self, subscriber: &Subscriber) {
        self.changed_at(subscriber.template_id, subscriber.customer_id, subscriber.id);
    }

    /// The same of whom only that is known.
    pub fn changed_at(&mut self, template: TemplateId, customer: CustomerId, subscriber: SubscriberId) {
        self.changes.push(Change { template, customer: Some(customer), subscriber });
    }

    /// The worker shall look for tasks.
    pub const fn tasks_added(&mut self) {
        self.tasks = true;
    }

    /// A place at this server's worker for a task that needs this service. One unit of work has one at most: what many bring at
    /// once is the queue's, which is fair.
    #[must_use]
    pub fn place(&self, service: &str, now: Timestamp) -> Option<Place> {
        if self.begun.is_some() { None } else { self.handover.place(service, now) }
    }

    /// The task was written as leased to the worker, which carries it out once that is durable.
    pub fn begin_at_once(&mut self, place: Place, task: Task) {
        self.begun = Some((place, task));
    }

    /// The task has replaced another one. Returns whether that is one of this unit of work's, with which nothing has been begun
    /// yet: then the worker carries out this one instead.
    pub fn begin_instead(&mut self, task: &Task) -> bool {
        let Some((_, begun)) = self.begun.as_mut().filter(|(_, begun)| task::is_in_place_of(task, begun)) else {
            return false;
        };
        *begun = task.clone();
        true
    }

    /// One that was to be provisioned has been, after so many milliseconds.
    pub fn provisioned(&mut self, after: i64) {
        self.happened.push(Happened::Provisioned(after));
    }

    /// Writes one step of a history. Returns the step's id. An administrator has to be allowed it still, as for
    /// [`audit::record`].
    ///
    /// # Errors
    /// [`Fault::SessionEnded`], or a database error.
    pub async fn record(&mut self, environment: &Environment, step: Step<'_>) -> Result<StepId, Trouble> {
        let id = StepId::from(environment.id());
        self.record_all(environment, vec![(id, step)]).await.map(|()| id)
    }

    /// The same of many, whose ids are given.
    ///
    /// # Errors
    /// As [`Work::record`].
    pub async fn record_all(
        &mut self,
        environment: &Environment,
        steps: Vec<(StepId, Step<'_>)>,
    ) -> Result<(), Trouble> {
        for (_, Step { owner, deed, actor, .. }) in &steps {
            if let Actor::Administrator(id) = actor {
                self.admit((*id, deed.permission(), owner.customer), owner.partner).await?;
            }
        }
        let row = |(id, step): &(StepId, Step<'_>)| history::Model {
            id: *id,
            partner_id: step.owner.partner,
            owner_id: step.owner.id.into(),
            at: environment.now().0,
            event: step.event.as_str().to_owned(),
            actor: step.actor.to_string(),
            status: step.status.map(|status| status.as_str().to_owned()),
            fault: step.fault.map(code),
            detail: step.detail.clone(),
        };
        row::add_all::<history::Entity>(&self.transaction, &steps.iter().map(row).collect::<Vec<_>>()).await?;
        for (_, Step { owner, event, deed, actor, .. }) in steps {
            // What an import brings is one deed.
            let audited = matches!(actor, Actor::Token(_) | Actor::Adapter(_) | Actor::Operator)
                || matches!(actor, Actor::Administrator(_)) && event != Happening::Arrived.into();
            if audited {
                let deed = (deed, Some(owner.id.into()));
                audit::write(&self.transaction, environment, owner.partner, actor, deed).await?;
            }
            self.happened.push(Happened::Step(event.as_str()));
        }
        Ok(())
    }

    /// Whether the partner was found to have no webhook that reports this: of many changes that are alike, the first one tells.
    pub(super) fn is_unheard(&self, what: (PartnerId, webhook::Event)) -> bool {
        self.unheard == Some(what)
    }

    /// It has none.
    pub(super) const fn nobody_hears(&mut self, what: (PartnerId, webhook::Event)) {
        self.unheard = Some(what);
    }

    /// Asked once for all that is alike: an import brings many.
    async fn admit(
        &mut self,
        asked: (AdministratorId, Permission, CustomerId),
        partner: PartnerId,
    ) -> Result<(), Trouble> {
        if self.admitted != Some(asked) {
            let (id, permission, customer) = asked;
            administrator::still_may(&self.transaction, partner, (id, permission), Some(customer)).await?;
            self.admitted = Some(asked);
        }
        Ok(())
    }

    /// Attempts something that may fail without the rest of the work: if it does, what it wrote is undone, and what it would
    /// have announced is not.
    ///
    /// # Errors
    /// The attempt's. If what it wrote could not be undone, the whole work is given up, and every further call says so.
    pub async fn savepoint<T, E: From<DbErr>>(
        &mut self,
        attempt: impl AsyncFnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        self.transaction.mark().await?;
        let (changes, happened, tasks) = (self.changes.len(), self.happened.len(), self.tasks);
        let begun = self.begun.as_ref().map(|(_, task)| task.clone());
        let outcome = attempt(self).await;
        if outcome.is_err() {
            self.changes.truncate(changes);
            self.happened.truncate(happened);
            self.tasks = tasks;
            self.begun = self.begun.take().zip(begun).map(|((place, _), before)| (place, before));
            if self.transaction.go_back().await.is_err() {
                return outcome;
            }
        }
        self.transaction.forget_mark().await?;
        outcome
    }

    /// Gives everything up, and waits until what was read in this unit of work is durable: on SQLite it may stand in a
    /// transaction that is shared and not yet committed. For whoever finds that there is nothing to do and answers so, or
    /// looks again outside.
    ///
    /// # Errors
    /// If it is not durable.
    pub async fn abandon(self) -> Result<(), DbErr> {
        self.transaction.abandon().await
    }

    /// Makes everything durable, then notifies.
    ///
    /// # Errors
    /// If a call of this unit of work has failed, or the commit does. Then nothing was written; only when the answer to the
    /// commit itself was lost it may have been.
    pub async fn commit(self) -> Result<(), DbErr> {
        replicas::announce(&self.transaction, &self.live, &self.changes, self.tasks).await?;
        self.transaction.commit().await?;
        for happened in self.happened {
            self.metrics.happened(happened);
        }
        for change in self.changes {
            self.live.notify(News::Changed(change));
        }
        if let Some((place, task)) = self.begun {
            place.hand_over(task);
        }
        if self.tasks {
            self.live.tasks_added();
        }
        Ok(())
    }
}

/// The subscriber or workspace whose a task, a step of history or usage is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Of which partner.
    pub partner: PartnerId,
    /// Of which customer: turns are fair between customers.
    pub customer: CustomerId,
    /// Its own id.
    pub id: OwnerId,
}

/// One step of a history.
pub struct Step<'a> {
    /// The owner.
    pub owner: Owner,
    /// What happened.
    pub event: HistoryEvent,
    /// What it is in the audit log, if it stands there.
    pub deed: Deed,
    /// Who did it.
    pub actor: &'a Actor,
    /// The status after it; none when the subscriber is gone.
    pub status: Option<Status>,
    /// Why the last attempt failed, if it did.
    pub fault: Option<Fault>,
    /// What the target said.
    pub detail: Option<String>,
}
