//! What an attempt needs to know of a user or a workspace: what a target is asked for it, and which events follow.

use domain::{
    Fault, Package,
    lifecycle::{Event, Order, ProvenAddress, State},
    workspace,
};

use crate::{
    provisioning::{change::Managed, tenancy},
    store::{Customer, DbErr, Subject, Subscriber, Template, Work, Workspace, task::Task},
    targets::{self, Account, Details, Entry, Identity, Refusal},
};

/// What a target is asked.
pub(super) enum Request<E: Entry> {
    /// To create it.
    Create(E),
    /// To bring it up to date.
    Update(E),
    /// To remove it.
    Remove(E::Known),
    /// Whether the owner of the existing account has agreed.
    Consent(Identity),
}

/// Something for which attempts are made.
pub(super) trait Attempted: Managed {
    /// What a target holds of it.
    type Entry: Entry;

    /// What the target is asked for an order, and the event that follows when that is done; nothing, if it does not stand any
    /// more where the order was given.
    fn request(
        &self,
        order: Self::Order,
        task: &Task,
        template: &Template,
        customer: &Customer,
    ) -> Option<(Request<Self::Entry>, Self::Event)>;

    /// The attempt failed for good, or for the last time.
    fn failed(fault: Fault) -> Self::Event;

    /// To whom a mail goes that is sent for it.
    fn addressee(&self) -> Option<&Subscriber> {
        None
    }

    /// The target has asked the owner of an existing account for consent, where there can be one.
    fn consent_asked() -> Option<Self::Event> {
        None
    }

    /// A target's refusal as its partner is told of it.
    fn reported(&self, _work: &Work, refusal: Refusal) -> impl Future<Output = Result<Refusal, DbErr>> + Send {
        async { Ok(refusal) }
    }
}

impl Attempted for Subscriber {
    type Entry = Account;

    fn request(
        &self,
        order: Order,
        task: &Task,
        template: &Template,
        customer: &Customer,
    ) -> Option<(Request<Account>, Event)> {
        let identity = identity(self, template, customer);
        let account = |identity, address: &ProvenAddress, package: Package| Account {
            identity,
            idempotency_key: task.id,
            email: address.email().clone(),
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            package,
            administrator: customer.administrator_id == Some(self.id),
            details: Details {
                primary_phone: self.primary_phone.clone(),
                mobile_phone: self.mobile_phone.clone(),
                extension: self.extension.clone(),
                language: self.language.clone(),
                timezone: self.timezone.clone(),
            },
        };
        Some(match (order, &self.lifecycle.state) {
            (Order::CreateAccount, State::Provisioning(address)) => {
                (Request::Create(account(identity, address, self.package)), Event::AccountCreated)
            }
            (Order::UpdateAccount, State::Updating(address, package)) => {
                (Request::Update(account(identity, address, *package)), Event::AccountUpdated)
            }
            (Order::RemoveAccount, State::Removing(_)) => (Request::Remove(identity), Event::AccountRemoved),
            (Order::AwaitConsent, State::PendingUserMigration(_)) => (Request::Consent(identity), Event::ConsentGiven),
            _ => return None,
        })
    }

    fn failed(fault: Fault) -> Event {
        Event::AttemptFailed(fault)
    }

    fn addressee(&self) -> Option<&Subscriber> {
        Some(self)
    }

    fn consent_asked() -> Option<Event> {
        Some(Event::ConsentAsked)
    }

    async fn reported(&self, work: &Work, refusal: Refusal) -> Result<Refusal, DbErr> {
        tenancy::reported(&**work, self, refusal).await
    }
}

impl Attempted for Workspace {
    type Entry = targets::Workspace;

    fn request(
        &self,
        order: workspace::Order,
        task: &Task,
        template: &Template,
        customer: &Customer,
    ) -> Option<(Request<targets::Workspace>, workspace::Event)> {
        use workspace::{Event, Order, State};
        let wanted = targets::Workspace {
            identity: identity(self, template, customer),
            idempotency_key: task.id,
            display_name: self.display_name.clone(),
            primary_phone: self.primary_phone.clone(),
            extension: self.extension.clone(),
        };
        Some(match (order, self.lifecycle.state) {
            (Order::Create, State::Provisioning) => (Request::Create(wanted), Event::Created),
            (Order::Update, State::Updating) => (Request::Update(wanted), Event::Updated),
            (Order::Remove, State::Removing) => (Request::Remove(wanted), Event::Removed),
            _ => return None,
        })
    }

    fn failed(fault: Fault) -> workspace::Event {
        workspace::Event::AttemptFailed(fault)
    }
}

fn identity(subject: &impl Subject, template: &Template, customer: &Customer) -> Identity {
    Identity {
        external_id: subject.owner().id,
        user_id: subject.user_id().as_str().to_owned(),
        sp_enterprise_id: customer.sp_enterprise_id.clone().into(),
        template: template.target_reference.clone(),
        person_id: subject.id_at_target().map(str::to_owned),
    }
}
