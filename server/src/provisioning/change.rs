//! The one way in which users and workspaces change: an event goes to their state machine in the domain, and what that
//! decides is written with its history, its usage and its task, in one transaction.
//!
//! What is true of one kind alone is said by its [`Managed`], in `provisioning/subscribers.rs` and
//! `provisioning/workspaces.rs`.

use std::fmt;

use domain::{Fault, Happening, HistoryEvent, Status, Timestamp, audit::Deed};

use super::{
    admission::Comeback,
    queue::{self, Kind, NewTask},
    request::NewRequest,
};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{Actor, DbErr, Step, StepId, Stored, Template, TemplateId, Tenant, Work, template},
    usage,
};

/// What came along with an event.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// What the target itself said about a fault.
    pub detail: Option<String>,
    /// Under which id the attempt can be found in logs.
    pub tracking_id: Option<String>,
    /// The account's or workspace's id at the target.
    pub person_id: Option<String>,
    /// What is known of the request to prove an address that follows, if one does.
    pub asked: NewRequest,
    /// Whether a user who is to be removed may come back.
    pub comeback: Comeback,
    /// What it is in the audit log, where the event alone does not say.
    pub deed: Option<Deed>,
    /// The template by which one came, if it was read just before.
    pub template: Option<Template>,
    /// To which other template a user is moved.
    pub destination: Option<TemplateId>,
}

/// What the engine manages: a user or a workspace.
pub trait Managed: Stored {
    /// What may happen to it.
    type Event: Clone + fmt::Debug + PartialEq + Send + Sync;
    /// What may have to be done for it.
    type Order: Copy + Into<Kind> + Send + Sync;

    /// What history says of an event.
    fn happened(event: &Self::Event) -> HistoryEvent;

    /// What a step of its history is in the audit log.
    fn deed(event: HistoryEvent) -> Deed;

    /// How it is after an event, if it is still there then, and what has to be done.
    ///
    /// # Errors
    /// The fault that says why the event does not fit.
    fn next(
        &self,
        event: Self::Event,
        with: &Circumstances,
        now: Timestamp,
    ) -> Result<(Option<Self>, Option<Self::Order>), Fault>;

    /// Ends what the event puts an end to, before it is written.
    ///
    /// # Errors
    /// If the database fails.
    fn leave(
        &self,
        _work: &Work,
        _environment: &Environment,
        _event: &Self::Event,
        _next: &(Option<Self>, Option<Self::Order>),
        _with: &Circumstances,
    ) -> impl Future<Output = Result<(), DbErr>> + Send {
        async { Ok(()) }
    }

    /// The task of an order, with what only one kind needs; `template`, if it has been read.
    ///
    /// # Errors
    /// If the database fails.
    fn prepare(
        &self,
        work: &Work,
        _environment: &Environment,
        template: Option<&Template>,
        _asked: NewRequest,
        task: NewTask,
    ) -> impl Future<Output = Result<NewTask, Trouble>> + Send {
        async move { Ok(task.at(&template_of(work, self, template).await?)) }
    }

    /// Does what else follows from a change that was written as this step of its history. Without `before` it has just
    /// come, without `after` it is gone.
    ///
    /// # Errors
    /// If the database fails.
    fn announce(
        _work: &mut Work,
        _environment: &Environment,
        _before: Option<&Self>,
        _after: Option<&Self>,
        _step: StepId,
    ) -> impl Future<Output = Result<(), DbErr>> + Send {
        async { Ok(()) }
    }

    /// Open pages that show it shall hear of it.
    fn notify_pages(&self, _work: &mut Work) {}
}

/// Applies an event to what [`Stored::lock`] has read. Returns it as it is now; `None` when it is gone.
///
/// # Errors
/// The fault that says why the event does not fit; then nothing was written. Or a database error.
pub async fn apply<S: Managed>(
    work: &mut Work,
    environment: &Environment,
    before: S,
    event: S::Event,
    actor: &Actor,
    with: Circumstances,
) -> Result<Option<S>, Trouble> {
    let happened = S::happened(&event);
    let next = before.next(event.clone(), &with, environment.now())?;
    before.leave(work, environment, &event, &next, &with).await?;
    let (after, order) = next;
    match &after {
        Some(after) => S::save(work, &before, after).await?,
        None => {
            queue::forget(work, before.owner().id).await?;
            before.delete(work).await?;
        }
    }
    usage::note(work, environment, &before, after.as_ref()).await?;
    if before.status() == Status::Provisioning && after.as_ref().map(S::status) == Some(Status::Provisioned) {
        work.provisioned(environment.now().since(before.status_changed_at()));
    }
    let step = Step {
        owner: before.owner(),
        event: happened,
        deed: with.deed.unwrap_or_else(|| S::deed(happened)),
        actor,
        status: after.as_ref().map(S::status),
        fault: after.as_ref().and_then(S::fault),
        detail: with.detail,
    };
    let step = work.record(environment, step).await?;
    if let Some(after) = &after {
        let in_doubt = queue::in_doubt(before.fault(), before.status_changed_at());
        follow(work, environment, (after, with.template.as_ref()), order, with.asked, in_doubt).await?;
    }
    S::announce(work, environment, Some(&before), after.as_ref(), step).await?;
    Ok(after)
}

/// How one has come.
pub struct Arrival<'a, O> {
    /// By which template.
    pub template: &'a Template,
    /// What history says of it.
    pub event: HistoryEvent,
    /// What has to be done first.
    pub order: Option<O>,
    /// What is known of the request to prove an address that follows, if one does.
    pub asked: NewRequest,
}

/// Writes down that some have come, who have been inserted just now, and makes their first tasks.
///
/// # Errors
/// If the database fails.
pub async fn arrived<S: Managed>(
    work: &mut Work,
    environment: &Environment,
    arrived: Vec<(&S, Arrival<'_, S::Order>)>,
    actor: &Actor,
) -> Result<(), Trouble> {
    let step = |(new, arrival): &(&S, Arrival<'_, S::Order>)| {
        let (event, deed) = (arrival.event, S::deed(arrival.event));
        let (owner, status) = (new.owner(), Some(new.status()));
        (StepId::from(environment.id()), Step { owner, event, deed, actor, status, fault: new.fault(), detail: None })
    };
    let steps: Vec<_> = arrived.iter().map(step).collect();
    let ids: Vec<_> = steps.iter().map(|(id, _)| *id).collect();
    work.record_all(environment, steps).await?;
    for ((new, Arrival { template, order, asked, .. }), step) in arrived.into_iter().zip(ids) {
        follow(work, environment, (new, Some(template)), order, asked, Timestamp(0)).await?;
        S::announce(work, environment, None, Some(new), step).await?;
    }
    Ok(())
}

/// Makes the task of an order. What the target is to do waits until nothing that it was asked before is `in_doubt`.
async fn follow<S: Managed>(
    work: &mut Work,
    environment: &Environment,
    (subject, template): (&S, Option<&Template>),
    order: Option<S::Order>,
    asked: NewRequest,
    in_doubt: Timestamp,
) -> Result<(), Trouble> {
    let Some(order) = order else { return Ok(()) };
    let task = NewTask {
        owner: subject.owner(),
        target: queue::MAIL.to_owned(),
        kind: order.into(),
        proof: None,
        held: false,
        not_before: in_doubt,
    };
    let task = subject.prepare(work, environment, template, asked, task).await?;
    queue::add(work, environment, task).await
}

/// The template by which one came: as it was read, or else as it is now.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn template_of(work: &Work, subject: &impl Stored, known: Option<&Template>) -> Result<Template, Trouble> {
    if let Some(known) = known {
        return Ok(known.clone());
    }
    let found = template::find(&**work, Tenant::of_subject(subject), subject.template_id()).await?;
    found.ok_or_else(|| Fault::NotFound.into())
}

/// Notes why the attempt under way has to be made again, or that it has not. History keeps what is new.
///
/// # Errors
/// If the database fails.
pub async fn note_setback<S: Managed>(
    work: &mut Work,
    environment: &Environment,
    subject: &S,
    why: Option<(Fault, Option<String>)>,
) -> Result<(), Trouble> {
    let fault = why.as_ref().map(|(fault, _)| *fault);
    if subject.setback() == fault {
        return Ok(());
    }
    S::save(work, subject, &subject.with_setback(fault)).await?;
    subject.notify_pages(work);
    let Some((_, detail)) = why else { return Ok(()) };
    let step = Step {
        owner: subject.owner(),
        event: Happening::AttemptPostponed.into(),
        deed: S::deed(Happening::AttemptPostponed.into()),
        actor: &Actor::Engine,
        status: Some(subject.status()),
        fault,
        detail,
    };
    work.record(environment, step).await.map(drop)
}
