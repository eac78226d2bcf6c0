//! What is true of users alone when they change: an address has to be proven by mail, webhooks and open pages hear of it, the
//! first one administers the customer, and whoever is removed may come back or not.

use domain::{
    Fault, HistoryEvent, Status, Timestamp,
    audit::Deed,
    lifecycle::{Event, Order, State},
    template::held_back,
};

use super::{
    admission,
    change::{self, Circumstances, Managed},
    queue::{self, Kind, NewTask},
    ready_mail,
    request::{self, NewRequest},
};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{
        Customer, DbErr, StepId, Stored as _, Subscriber, SubscriberId, Template, Tenant, Work, customer, subscriber,
    },
    webhooks,
};

/// The tenant's subscriber of that id, locked until the transaction ends.
///
/// # Errors
/// [`Fault::NotFound`] if there is none, or a database error.
pub async fn lock(work: &Work, tenant: Tenant, subscriber: SubscriberId) -> Result<Subscriber, Trouble> {
    Subscriber::lock(work, tenant, subscriber).await?.ok_or_else(|| Fault::NotFound.into())
}

/// The subscriber as it is now, locked until the transaction ends.
///
/// # Errors
/// [`Fault::NotFound`] if it is gone, or a database error.
pub async fn relock(work: &Work, subscriber: &Subscriber) -> Result<Subscriber, Trouble> {
    subscriber.relock(work).await?.ok_or_else(|| Fault::NotFound.into())
}

/// Whether Provision Admin First holds this subscriber back.
#[must_use]
pub fn held(template: &Template, customer: &Customer, subscriber: SubscriberId) -> bool {
    held_back(
        template.provision_admin_first,
        customer.administrator_ready,
        customer.administrator_id == Some(subscriber),
    )
}

impl Managed for Subscriber {
    type Event = Event;
    type Order = Order;

    fn happened(event: &Event) -> HistoryEvent {
        event.into()
    }

    fn deed(event: HistoryEvent) -> Deed {
        Deed::of_step(event)
    }

    fn next(&self, event: Event, with: &Circumstances, now: Timestamp) -> Result<(Option<Self>, Option<Order>), Fault> {
        let transition = self.lifecycle.apply(event)?;
        let Some(lifecycle) = transition.next else { return Ok((None, transition.order)) };
        let mut after = self.clone();
        // A change beside the way (another package while the address is being proven, or in error) leaves the mail's link
        // and what is known of the last attempt as they are.
        if lifecycle != self.lifecycle || transition.order.is_some() {
            after.setback = None;
            after.mail_refused = false;
            after.mail_fault = None;
            after.fault_detail = with.detail.clone();
            after.tracking_id = with.tracking_id.clone();
        }
        if lifecycle.status() != self.lifecycle.status() {
            after.status_changed_at = now;
        }
        after.ready_mail_at = ready_mail::due(&self.lifecycle.state, &lifecycle.state, now).or(self.ready_mail_at);
        after.lifecycle = lifecycle;
        after.package = transition.package.unwrap_or(self.package);
        after.person_id = with.person_id.clone().or(after.person_id);
        after.template_id = with.destination.unwrap_or(self.template_id);
        Ok((Some(after), transition.order))
    }

    async fn leave(
        &self,
        work: &Work,
        environment: &Environment,
        event: &Event,
        (after, order): &(Option<Self>, Option<Order>),
        with: &Circumstances,
    ) -> Result<(), DbErr> {
        if *event == Event::RemovalRequested {
            admission::settle(work, environment, self, with.comeback).await?;
        }
        match after {
            None => request::forget(work, self.id).await,
            Some(after) if is_asked(self) && (after.lifecycle != self.lifecycle || order.is_some()) => {
                request::close(work, self).await
            }
            Some(_) => Ok(()),
        }
    }

    async fn prepare(
        &self,
        work: &Work,
        environment: &Environment,
        template: Option<&Template>,
        asked: NewRequest,
        task: NewTask,
    ) -> Result<NewTask, Trouble> {
        if task.kind == Kind::Subscriber(Order::SendProof) {
            let proof = request::open(work, environment, self, asked).await?;
            return Ok(NewTask { proof, not_before: environment.now(), ..task });
        }
        let template = change::template_of(work, self, template).await?;
        let task = task.at(&template);
        if task.kind != Kind::Subscriber(Order::CreateAccount) || !template.provision_admin_first {
            return Ok(task);
        }
        // It is locked, so the administrator cannot become ready between this look and the commit.
        let customer = customer::find(&**work, Tenant::of_subject(self), self.customer_id).await?;
        Ok(NewTask { held: customer.is_some_and(|customer| held(&template, &customer, self.id)), ..task })
    }

    async fn announce(
        work: &mut Work,
        environment: &Environment,
        before: Option<&Self>,
        after: Option<&Self>,
        step: StepId,
    ) -> Result<(), DbErr> {
        let Some(current) = after.or(before) else { return Ok(()) };
        let status = |subscriber: &Self| subscriber.lifecycle.status();
        if before.map(status) != after.map(status) {
            let event = after.map(status).map_or(webhooks::Event::Removed, webhooks::Event::Status);
            webhooks::note(work, environment, current, step, event).await?;
        }
        current.notify_pages(work);
        if let Some(before) = before.filter(|before| before.template_id != current.template_id) {
            customer::link(work, &[(current.customer_id, current.template_id)]).await?;
            before.notify_pages(work);
        }
        match before {
            Some(before) => succeed(work, before, after).await,
            None => Ok(()),
        }
    }

    fn notify_pages(&self, work: &mut Work) {
        work.changed(self);
    }
}

/// Whether the subscriber is asked to prove an address: nobody else has an open request, or a mail on its way.
pub(super) const fn is_asked(subscriber: &Subscriber) -> bool {
    matches!(subscriber.lifecycle.state, State::PendingEmailValidation(_))
}

/// Keeps the customer's administrator up to date: the first to be provisioned is it and lets the others go; one that
/// is gone before that is succeeded by the next to have arrived.
async fn succeed(work: &mut Work, before: &Subscriber, after: Option<&Subscriber>) -> Result<(), DbErr> {
    let provisioned = after.is_some_and(|after| after.lifecycle.status() == Status::Provisioned);
    if after.is_some() && !provisioned {
        return Ok(());
    }
    let customer = customer::find(&**work, Tenant::of_subject(before), before.customer_id).await?;
    let Some(customer) = customer.filter(|customer| !customer.administrator_ready) else { return Ok(()) };
    if provisioned {
        customer::save_administrator(work, &customer, Some(before.id), true).await?;
        queue::release(work, customer.id).await?;
    } else if customer.administrator_id == Some(before.id) {
        let successor = subscriber::first_of(&**work, &customer).await?;
        customer::save_administrator(work, &customer, successor.map(|(id, _)| id), false).await?;
        if let Some((successor, template)) = successor {
            queue::release_one(work, successor).await?;
            work.changed_at(template, customer.id, successor);
        }
    }
    Ok(())
}
