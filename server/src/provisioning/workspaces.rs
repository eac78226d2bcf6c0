//! Workspaces: provisioned, changed and removed as subscribers are, without an address and without anybody to wait for.
//!
//! An event goes to `domain::workspace`, and what it decides is written with its history and its task in one
//! transaction, which locks the customer first and then the workspace.

use domain::{
    BroadWorksId, Fault, SpEnterpriseId, Timestamp,
    workspace::{Event, Lifecycle, Order, Record, State, arrive as first_state},
};
use sea_orm::DbErr;
use uuid::Uuid;

use super::{
    queue::{self, Kind, NewTask},
    user_id,
};
use crate::{
    environment::Environment,
    fault::Trouble,
    store::{
        Actor, Customer, PartnerId, Step, Store, Template, Tenant, Work, Workspace, customer, is_taken, template,
        workspace,
    },
    targets::Refusal,
    usage::{self, Account},
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

/// What came along with an event.
#[derive(Clone, Debug, Default)]
pub struct Circumstances {
    /// What the target itself said about a fault.
    pub detail: Option<String>,
    /// The workspace's id at the target.
    pub place_id: Option<String>,
}

/// The partner's customer of that id; unlike a subscriber, a workspace does not make one.
///
/// # Errors
/// [`Fault::InvalidParameter`] if there is none, or a database error.
pub async fn customer(store: &Store, tenant: Tenant, id: &SpEnterpriseId) -> Result<Customer, Trouble> {
    let found = customer::called(store.read(), tenant, id).await?;
    found.ok_or_else(|| Fault::InvalidParameter.into())
}

/// Takes a workspace in. Durable once this answers.
///
/// # Errors
/// [`Fault::UserIdTaken`] if a workspace or subscriber of the partner has that BroadWorks user id, or a database error.
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
    if user_id::is_a_subscribers(&*work, Tenant::of_template(template), &new.user_id).await? {
        return Err(Fault::UserIdTaken.into());
    }
    let (lifecycle, order) = first_state();
    let now = environment.now().0;
    let state = lifecycle.record();
    let row = Workspace {
        id: environment.id(),
        partner_id: template.partner_id.into(),
        customer_id: customer.id.into(),
        template_id: template.id.into(),
        user_id_key: new.user_id.key(),
        user_id: new.user_id.into(),
        display_name: new.display_name,
        primary_phone: new.primary_phone,
        extension: new.extension,
        status: state.status,
        attempt: state.attempt,
        fault: state.fault.and_then(|code| i32::try_from(code).ok()),
        at_target: state.at_target,
        fault_detail: None,
        hitch: None,
        place_id: None,
        created_at: now,
        status_changed_at: now,
    };
    let added = workspace::insert(&work, row).await.map_err(taken)?;
    record(&work, environment, &added, "arrived", actor, None).await?;
    follow(&mut work, environment, &added, Some(order), environment.now()).await?;
    work.commit().await?;
    Ok(added)
}

/// Changes a workspace; the target follows through a task. One in error is tried again, be it with nothing changed.
///
/// # Errors
/// [`Fault::NotFound`], [`Fault::UserIdTaken`], [`Fault::InProgress`] while another change is under way, or a database
/// error. Then nothing was changed.
pub async fn update(
    store: &Store,
    environment: &Environment,
    (tenant, id): (Tenant, Uuid),
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
    let stays = matches!(lifecycle(&before)?.state, State::Provisioning | State::Provisioned | State::Updating);
    if after == before && stays {
        work.abandon().await?;
        return Ok(before);
    }
    let user_id = BroadWorksId::kept(&after.user_id);
    if after.user_id_key != before.user_id_key && user_id::is_a_subscribers(&*work, tenant, &user_id).await? {
        return Err(Fault::UserIdTaken.into());
    }
    let written = workspace::save(&work, &before, after).await.map_err(taken)?;
    usage::note(&work, environment, Account::of_workspace(&before)?, Some(Account::of_workspace(&written)?)).await?;
    let with = Circumstances::default();
    let after = apply(&mut work, environment, written, Event::Changed, actor, with).await?.ok_or(Fault::NotFound)?;
    work.commit().await?;
    Ok(after)
}

fn changed(before: &Workspace, changes: Changes) -> Workspace {
    let mut after = before.clone();
    if let Some(user_id) = changes.user_id {
        after.user_id_key = user_id.key();
        after.user_id = user_id.into();
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
    (tenant, id): (Tenant, Uuid),
    actor: &Actor,
) -> Result<(), Trouble> {
    let mut work = store.work().await?;
    let workspace = own(&work, tenant, id).await?;
    if lifecycle(&workspace)?.state == State::Removing {
        return Ok(work.abandon().await?);
    }
    apply(&mut work, environment, workspace, Event::RemovalRequested, actor, Circumstances::default()).await?;
    Ok(work.commit().await?)
}

async fn own(work: &Work, tenant: Tenant, id: Uuid) -> Result<Workspace, Trouble> {
    let found = lock_if_there(work, id).await?.filter(|found| PartnerId::from(found.partner_id) == tenant.partner());
    found.ok_or_else(|| Fault::NotFound.into())
}

/// Reads a workspace and locks it until the transaction ends, if there is one: its customer first, as everybody does.
///
/// # Errors
/// If the database fails.
pub async fn lock_if_there(work: &Work, id: Uuid) -> Result<Option<Workspace>, DbErr> {
    workspace::lock(work, id).await
}

/// The stored state of a workspace.
///
/// # Errors
/// If the row holds what was never written.
pub fn lifecycle(workspace: &Workspace) -> Result<Lifecycle, Trouble> {
    let record = Record {
        status: workspace.status.clone(),
        attempt: workspace.attempt.clone(),
        fault: workspace.fault.and_then(|code| u32::try_from(code).ok()),
        at_target: workspace.at_target.clone(),
    };
    Ok(record.restore()?)
}

/// Whether everything in a row is something that this version knows, as [`super::change::is_sound`].
#[must_use]
pub fn is_sound(workspace: &Workspace) -> bool {
    lifecycle(workspace)
        .inspect_err(
            |error| tracing::error!(event = "row_left_out", workspace = %workspace.id, %error, "left out of a list"),
        )
        .is_ok()
}

fn write(row: &mut Workspace, lifecycle: &Lifecycle) {
    let record = lifecycle.record();
    row.status = record.status;
    row.attempt = record.attempt;
    row.fault = record.fault.and_then(|code| i32::try_from(code).ok());
    row.at_target = record.at_target;
}

/// Applies an event to a workspace that [`lock_if_there`] has read. Answers it as it is now; `None` when it is gone.
///
/// # Errors
/// The fault that tells why the event does not fit; then nothing was written. Or a database error.
pub async fn apply(
    work: &mut Work,
    environment: &Environment,
    before: Workspace,
    event: Event,
    actor: &Actor,
    with: Circumstances,
) -> Result<Option<Workspace>, Trouble> {
    let transition = lifecycle(&before)?.apply(event)?;
    let in_doubt = queue::in_doubt(before.fault, before.status_changed_at);
    let Some(next) = transition.next else {
        queue::forget(work, before.id).await?;
        workspace::delete(work, &before).await?;
        usage::note(work, environment, Account::of_workspace(&before)?, None).await?;
        let step =
            Step { whose: (&before).into(), event: event.name(), actor, status: None, fault: None, detail: None };
        work.record(environment, step).await?;
        return Ok(None);
    };
    let mut row = before.clone();
    write(&mut row, &next);
    row.hitch = None;
    row.fault_detail = with.detail.clone();
    row.status_changed_at = environment.now().0;
    if with.place_id.is_some() {
        row.place_id = with.place_id;
    }
    let after = workspace::save(work, &before, row).await?;
    usage::note(work, environment, Account::of_workspace(&before)?, Some(Account::of_workspace(&after)?)).await?;
    record(work, environment, &after, event.name(), actor, with.detail).await?;
    follow(work, environment, &after, transition.order, in_doubt).await?;
    Ok(Some(after))
}

/// Notes that an attempt failed and will be made again, or that the target works on it now. History keeps what is new.
///
/// # Errors
/// If the database fails.
pub async fn note_hitch(
    work: &Work,
    environment: &Environment,
    workspace: &Workspace,
    refusal: Option<Refusal>,
) -> Result<(), DbErr> {
    let fault = refusal.as_ref().and_then(|refusal| i32::try_from(refusal.fault.code()).ok());
    if workspace.hitch == fault {
        return Ok(());
    }
    workspace::save(work, workspace, Workspace { hitch: fault, ..workspace.clone() }).await?;
    let Some(refusal) = refusal else { return Ok(()) };
    let step = Step {
        whose: workspace.into(),
        event: "attempt_postponed",
        actor: &Actor::Engine,
        status: Some(&workspace.status),
        fault,
        detail: refusal.detail,
    };
    work.record(environment, step).await?;
    Ok(())
}

async fn record(
    work: &Work,
    environment: &Environment,
    now: &Workspace,
    event: &str,
    actor: &Actor,
    detail: Option<String>,
) -> Result<(), DbErr> {
    let step = Step { whose: now.into(), event, actor, status: Some(&now.status), fault: now.fault, detail };
    work.record(environment, step).await?;
    Ok(())
}

/// Makes the task of an order. It waits until nothing that the target was asked before is `in_doubt`.
async fn follow(
    work: &mut Work,
    environment: &Environment,
    workspace: &Workspace,
    order: Option<Order>,
    in_doubt: Timestamp,
) -> Result<(), Trouble> {
    let Some(order) = order else { return Ok(()) };
    let template = template::find(&**work, Tenant::of_workspace(workspace), workspace.template_id.into()).await?;
    let template = template.ok_or(Fault::NotFound)?;
    let task = NewTask {
        whose: workspace.into(),
        kind: Kind::from(order),
        target: &template.target,
        proof: None,
        held: false,
        not_before: in_doubt,
    };
    Ok(queue::add(work, environment, task).await?)
}
