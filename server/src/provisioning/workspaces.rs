//! Workspaces: provisioned, changed and removed as subscribers are, without an address and without anybody to wait for.

use domain::{
    BroadWorksId, Fault, Happening, HistoryEvent, SpEnterpriseId, Timestamp,
    audit::Deed,
    workspace::{Event, Order, State, arrive as first_state},
};

use super::{
    change::{self, Circumstances, Managed, apply},
    request::NewRequest,
    user_id,
};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{
        Actor, Customer, DbErr, Store, Stored as _, Subscriber, Template, Tenant, Work, Workspace, WorkspaceId,
        customer, is_taken, template, workspace,
    },
    usage,
};

/// The most characters that a name may have.
pub const DISPLAY_NAME: usize = 80;

/// A workspace that is to be provisioned.
#[derive(Clone, Debug)]
pub struct NewWorkspace {
    /// The BroadWorks user id.
    pub user_id: BroadWorksId,
    /// Its name.
    pub display_name: String,
    /// Primary phone number.
    pub primary_phone: Option<String>,
    /// Extension.
    pub extension: Option<String>,
}

/// What shall change of a workspace; what is `None` stays, what is `Some(None)` goes.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The BroadWorks user id.
    pub user_id: Option<BroadWorksId>,
    /// Primary phone number.
    pub primary_phone: Option<Option<String>>,
    /// Extension.
    pub extension: Option<Option<String>>,
}

/// The partner's customer of that id; unlike a subscriber, a workspace does not make one.
///
/// # Errors
/// [`Fault::InvalidParameter`] if there is none, or a database error.
pub async fn customer(store: &Store, tenant: Tenant, id: &SpEnterpriseId) -> Result<Customer, Trouble> {
    let found = customer::called(store.read(), tenant, id).await?;
    found.ok_or_else(|| Fault::InvalidParameter.into())
}

/// Takes a workspace in. Durable once this returns.
///
/// # Errors
/// [`Fault::UserIdTaken`] if a workspace or subscriber of the partner has that BroadWorks user id,
/// [`Fault::UnknownProvisioningId`] if the template has been deleted meanwhile, or a database error.
pub async fn add(
    store: &Store,
    environment: &Environment,
    (template, customer): (&Template, &Customer),
    new: NewWorkspace,
    actor: &Actor,
) -> Result<Workspace, Trouble> {
    let mut work = store.work().await?;
    user_id::for_workspaces(&work, Tenant::of_template(template)).await?;
    customer::lock(&work, customer).await?;
    if template::find(&*work, Tenant::of_template(template), template.id).await?.is_none() {
        return Err(Fault::UnknownProvisioningId.into());
    }
    if user_id::has::<Subscriber>(&*work, Tenant::of_template(template), &new.user_id).await? {
        return Err(Fault::UserIdTaken.into());
    }
    let (lifecycle, order) = first_state();
    let now = environment.now();
    let new = Workspace {
        id: environment.id().into(),
        partner_id: template.partner_id,
        customer_id: customer.id,
        template_id: template.id,
        user_id: new.user_id,
        display_name: new.display_name,
        primary_phone: new.primary_phone,
        extension: new.extension,
        lifecycle,
        fault_detail: None,
        setback: None,
        place_id: None,
        created_at: now,
        status_changed_at: now,
    };
    workspace::insert(&work, &new).await.map_err(taken)?;
    let arrival = change::Arrival {
        template,
        event: Happening::Arrived.into(),
        order: Some(order),
        asked: NewRequest::default(),
    };
    change::arrived(&mut work, environment, vec![(&new, arrival)], actor).await?;
    work.commit().await?;
    Ok(new)
}

/// Changes a workspace; the target follows through a task. One in error is tried again, be it with nothing changed.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::UserIdTaken`], [`Fault::InProgress`] while another change is under way, or a database
/// error. Then nothing was changed.
pub async fn update(
    store: &Store,
    environment: &Environment,
    (tenant, id): (Tenant, WorkspaceId),
    changes: Changes,
    actor: &Actor,
) -> Result<Workspace, Trouble> {
    let mut work = store.work().await?;
    if changes.user_id.is_some() {
        user_id::for_workspaces(&work, tenant).await?;
    }
    let before = own(&work, tenant, id).await?;
    let after = changed(&before, changes);
    // What failed is tried again, and whatever shall go cannot be called accepted.
    let stays = matches!(before.lifecycle.state, State::Provisioning | State::Provisioned | State::Updating);
    if after == before && stays {
        work.abandon().await?;
        return Ok(before);
    }
    let renamed = after.user_id.key() != before.user_id.key();
    if renamed && user_id::has::<Subscriber>(&*work, tenant, &after.user_id).await? {
        return Err(Fault::UserIdTaken.into());
    }
    Workspace::save(&work, &before, &after).await.map_err(taken)?;
    usage::note(&work, environment, &before, Some(&after)).await?;
    let with = Circumstances::default();
    let after = apply(&mut work, environment, after, Event::Changed, actor, with).await?.ok_or(Fault::NotFound)?;
    work.commit().await?;
    Ok(after)
}

fn changed(before: &Workspace, changes: Changes) -> Workspace {
    let mut after = before.clone();
    if let Some(user_id) = changes.user_id {
        after.user_id = user_id;
    }
    after.primary_phone = changes.primary_phone.unwrap_or(after.primary_phone);
    after.extension = changes.extension.unwrap_or(after.extension);
    after
}

fn taken(error: DbErr) -> Trouble {
    if is_taken(&error) { Fault::UserIdTaken.into() } else { error.into() }
}

/// Removes a workspace through a task. Asking again is no error.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn remove(
    store: &Store,
    environment: &Environment,
    (tenant, id): (Tenant, WorkspaceId),
    actor: &Actor,
) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    let workspace = own(&work, tenant, id).await?;
    if workspace.lifecycle.state == State::Removing {
        return Ok(work.abandon().await?);
    }
    apply(&mut work, environment, workspace, Event::RemovalRequested, actor, Circumstances::default()).await?;
    Ok(work.commit().await?)
}

async fn own(work: &Work, tenant: Tenant, id: WorkspaceId) -> Result<Workspace, Trouble> {
    Workspace::lock(work, tenant, id).await?.ok_or_else(|| Fault::NotFound.into())
}

impl Managed for Workspace {
    type Event = Event;
    type Order = Order;

    fn happened(event: &Event) -> HistoryEvent {
        event.into()
    }

    fn deed(event: HistoryEvent) -> Deed {
        Deed::of_workspace_step(event)
    }

    fn next(&self, event: Event, with: &Circumstances, now: Timestamp) -> Result<(Option<Self>, Option<Order>), Fault> {
        let transition = self.lifecycle.apply(event)?;
        let after = transition.next.map(|lifecycle| Self {
            status_changed_at: if lifecycle.status() == self.lifecycle.status() { self.status_changed_at } else { now },
            lifecycle,
            setback: None,
            fault_detail: with.detail.clone(),
            place_id: with.person_id.clone().or_else(|| self.place_id.clone()),
            ..self.clone()
        });
        Ok((after, transition.order))
    }
}
