//! The one way in which a subscriber changes: an event goes to `domain::lifecycle`, and what it decides is written
//! with its history and its task.

use domain::{
    Fault, Package, Timestamp,
    lifecycle::{AtTarget, Event, Lifecycle, Order, Record, State, Transition},
    template::held_back,
};
use sea_orm::DbErr;
use uuid::Uuid;

use super::{
    activation,
    admission::{self, Comeback},
    queue::{self, Kind, NewTask},
};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{Actor, Customer, Step, Subscriber, Template, Tenant, Work, customer, subscriber, template},
    usage, webhooks,
};

/// What came along with an event.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// What the target itself said about a fault.
    pub detail: Option<String>,
    /// Under which id the attempt can be found in logs.
    pub tracking_id: Option<String>,
    /// The account's id at the target.
    pub person_id: Option<String>,
    /// In which language to write the mail that follows, if one does.
    pub locale: Option<String>,
    /// Whether a user who is to be removed may come back.
    pub comeback: Comeback,
}

/// Reads a subscriber and locks it until the transaction ends, as [`lock_if_there`] does.
///
/// # Errors
/// [`Fault::NotFound`] if there is none, or a database error.
pub async fn lock(work: &Work, subscriber: Uuid) -> Result<Subscriber, Trouble> {
    lock_if_there(work, subscriber).await?.ok_or_else(|| Fault::NotFound.into())
}

/// Reads a subscriber and locks it until the transaction ends, if there is one.
///
/// Every transaction locks in one order, so that no two wait for each other: the customer, its subscribers, their tasks.
/// An arrival has to begin with the customer, because the subscriber is not there yet; so everybody does.
///
/// # Errors
/// If the database fails.
pub async fn lock_if_there(work: &Work, subscriber: Uuid) -> Result<Option<Subscriber>, DbErr> {
    subscriber::lock(work, subscriber).await
}

/// The stored state of a subscriber.
///
/// # Errors
/// If the row holds what was never written.
pub fn lifecycle(subscriber: &Subscriber) -> Result<Lifecycle, Trouble> {
    let record = Record {
        status: subscriber.status.clone(),
        email: subscriber.email.clone(),
        proof: subscriber.email_proof.clone(),
        attempt: subscriber.attempt.clone(),
        wanted_package: subscriber.wanted_package.clone(),
        fault: subscriber.fault.and_then(|code| u32::try_from(code).ok()),
        at_target: subscriber.at_target.clone(),
    };
    Ok(record.restore()?)
}

/// Whether everything in a row is something that this version knows. One that is not is left out of lists, with a line in
/// the log: it is its owner's trouble, and nobody else's.
#[must_use]
pub fn is_sound(subscriber: &Subscriber) -> bool {
    let package = Package::parse(&subscriber.package).map_err(Trouble::from);
    let sound = lifecycle(subscriber).and(package.map(drop));
    sound
        .inspect_err(
            |error| tracing::error!(event = "row_left_out", subscriber = %subscriber.id, %error, "left out of a list"),
        )
        .is_ok()
}

/// Writes a state into a row.
pub fn write(row: &mut Subscriber, lifecycle: &Lifecycle) {
    let record = lifecycle.record();
    row.status = record.status;
    row.email = record.email;
    row.email_proof = record.proof;
    row.attempt = record.attempt;
    row.wanted_package = record.wanted_package;
    row.fault = record.fault.and_then(|code| i32::try_from(code).ok());
    row.at_target = record.at_target;
}

/// Applies an event to a subscriber that [`lock`] has read. Answers the subscriber as it is now; `None` when it is gone.
///
/// # Errors
/// The fault that tells why the event does not fit; then nothing was written. Or a database error.
pub async fn apply(
    work: &mut Work,
    environment: &Environment,
    subscriber: Subscriber,
    event: Event,
    actor: &Actor,
    with: Circumstances,
) -> Result<Option<Subscriber>, Trouble> {
    let before = lifecycle(&subscriber)?;
    let in_doubt = queue::in_doubt(subscriber.fault, subscriber.status_changed_at);
    let (name, removal) = (event.name(), event == Event::RemovalRequested);
    let transition = before.apply(event)?;
    if removal {
        admission::settle(work, environment, &subscriber, with.comeback).await?;
    }
    let after = match &transition.next {
        Some(next) => Some(update(work, environment, &subscriber, (&before, next), &transition, &with).await?),
        None => {
            remove(work, &subscriber).await?;
            None
        }
    };
    let account = after.as_ref().map(usage::Account::of_subscriber).transpose()?;
    usage::note(work, environment, usage::Account::of_subscriber(&subscriber)?, account).await?;
    let current = after.as_ref().unwrap_or(&subscriber);
    let step = Step {
        whose: current.into(),
        event: name,
        actor,
        status: after.as_ref().map(|after| after.status.as_str()),
        fault: after.as_ref().and_then(|after| after.fault),
        detail: with.detail,
    };
    let step = work.record(environment, step).await?;
    let status = transition.next.as_ref().map(Lifecycle::status);
    if status != Some(before.status()) {
        let event = status.map_or(webhooks::Event::Removed, webhooks::Event::Status);
        webhooks::note(work, environment, current, step, event).await?;
    }
    work.changed(current);
    if let Some(subscriber) = &after {
        follow(work, environment, subscriber, transition.order, with.locale, in_doubt).await?;
    }
    succeed(work, &subscriber, after.as_ref()).await?;
    Ok(after)
}

async fn update(
    work: &Work,
    environment: &Environment,
    subscriber: &Subscriber,
    (before, next): (&Lifecycle, &Lifecycle),
    transition: &Transition,
    with: &Circumstances,
) -> Result<Subscriber, DbErr> {
    let mut row = subscriber.clone();
    write(&mut row, next);
    // A change beside the way (another package while the address is being proven, or in error) leaves the mail's link
    // and what is known of the last attempt as they are.
    if before != next || transition.order.is_some() {
        activation::close(work, subscriber).await?;
        row.hitch = None;
        row.mail_refused = false;
        row.mail_fault = None;
        row.fault_detail = with.detail.clone();
        row.tracking_id = with.tracking_id.clone();
    }
    if let Some(package) = transition.package {
        row.package = package.as_str().to_owned();
    }
    if with.person_id.is_some() {
        row.person_id = with.person_id.clone();
    }
    if before.status() != next.status() {
        row.status_changed_at = environment.now().0;
    }
    subscriber::save(work, subscriber, row).await
}

async fn remove(work: &Work, subscriber: &Subscriber) -> Result<(), DbErr> {
    queue::forget(work, subscriber.id).await?;
    activation::forget(work, subscriber.id).await?;
    subscriber::delete(work, subscriber).await
}

/// Carries out a transition's order: makes the task that follows. What the target is to do waits until nothing that it
/// was asked before is `in_doubt`.
///
/// # Errors
/// If the database fails.
pub async fn follow(
    work: &mut Work,
    environment: &Environment,
    subscriber: &Subscriber,
    order: Option<Order>,
    locale: Option<String>,
    in_doubt: Timestamp,
) -> Result<(), Trouble> {
    let Some(order) = order else { return Ok(()) };
    let kind = Kind::from(order);
    let proof = match kind {
        Kind::SendProof => Some(activation::open(work, environment, subscriber, locale).await?),
        _ => None,
    };
    let template = template::find(&**work, Tenant::of_subscriber(subscriber), subscriber.template_id.into()).await?;
    let template = template.ok_or(Fault::NotFound)?;
    let may_be_held = kind == Kind::CreateAccount && template.provision_admin_first;
    let held = may_be_held && is_held(work, &template, subscriber).await?;
    let (target, not_before) = match kind {
        Kind::SendProof => (queue::MAIL, environment.now()),
        _ => (template.target.as_str(), in_doubt),
    };
    let whose = subscriber.into();
    queue::add(work, environment, NewTask { whose, target, kind, proof, held, not_before }).await?;
    Ok(())
}

/// Whether Provision Admin First holds this subscriber back.
async fn is_held(work: &Work, template: &Template, subscriber: &Subscriber) -> Result<bool, DbErr> {
    // It is locked, so the administrator cannot become ready between this look and the commit.
    let customer = customer::find(&**work, Tenant::of_subscriber(subscriber), subscriber.customer_id.into()).await?;
    Ok(customer.is_some_and(|customer| held(template, &customer, subscriber.id)))
}

/// Whether Provision Admin First holds this subscriber back, from rows that are at hand.
#[must_use]
pub fn held(template: &Template, customer: &Customer, subscriber: Uuid) -> bool {
    held_back(
        template.provision_admin_first,
        customer.administrator_ready,
        customer.administrator_id == Some(subscriber),
    )
}

/// Keeps the customer's administrator up to date: the first to be provisioned is it and lets the others go; one that
/// is gone before that is succeeded by the next to have arrived.
async fn succeed(work: &mut Work, before: &Subscriber, after: Option<&Subscriber>) -> Result<(), Trouble> {
    let provisioned = match after {
        Some(after) => {
            matches!(lifecycle(after)?, Lifecycle { state: State::Provisioned(_), at_target: AtTarget::Account })
        }
        None => false,
    };
    if after.is_some() && !provisioned {
        return Ok(());
    }
    let customer = customer::find(&**work, Tenant::of_subscriber(before), before.customer_id.into()).await?;
    let Some(customer) = customer else { return Ok(()) };
    if customer.administrator_ready {
        return Ok(());
    }
    if provisioned {
        customer::save_administrator(work, &customer, Some(before.id), true).await?;
        queue::release(work, customer.id).await?;
    } else if customer.administrator_id == Some(before.id) {
        let successor = subscriber::first_of(&**work, &customer).await?;
        let next = successor.as_ref().map(|successor| successor.id);
        customer::save_administrator(work, &customer, next, false).await?;
        if let Some(successor) = successor {
            queue::release_one(work, successor.id).await?;
            work.changed(&successor);
        }
    }
    Ok(())
}
