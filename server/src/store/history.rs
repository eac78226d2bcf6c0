//! What happened to subscribers and workspaces, step by step. [`super::Work::record`] writes it.

use domain::{Fault, Happening, HistoryEvent, Status, Timestamp};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use super::{
    Actor, Rows, Tenant, Trouble, WebhookDelivery, Work,
    entity::history,
    ids::{OwnerId, StepId, SubscriberId},
    page::{self, Page, Window},
    row::{self, Unreadable, fault, readable},
    subscriber,
};

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its id; grows with time.
    pub id: StepId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: HistoryEvent,
    /// Who did it.
    pub actor: Actor,
    /// The status after it; none when the subscriber is gone.
    pub status: Option<Status>,
    /// What went wrong, if something did.
    pub fault: Option<Fault>,
    /// What the target said.
    pub detail: Option<String>,
}

impl TryFrom<history::Model> for Taken {
    type Error = Unreadable;

    fn try_from(row: history::Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "history", id: row.id.into(), column };
        let status = row.status.as_deref().map(Status::parse).transpose();
        Ok(Self {
            event: HistoryEvent::parse(&row.event).ok_or(unreadable("event"))?,
            actor: Actor::parse(&row.actor).ok_or(unreadable("actor"))?,
            status: status.map_err(|_| unreadable("status"))?,
            fault: fault(row.fault, unreadable("fault"))?,
            id: row.id,
            at: Timestamp(row.at),
            detail: row.detail,
        })
    }
}

/// A part of the history of one of the tenant's subscribers or workspaces, the first step first; also of one who is gone.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl Rows,
    tenant: Tenant,
    owner: impl Into<OwnerId>,
    window: Window<StepId>,
) -> Result<Page<Taken, StepId>, DbErr> {
    let id = (history::Column::Id, |step: &history::Model| step.id);
    Ok(page::oldest_first(db, of(tenant, owner.into()), id, window).await?.readable())
}

/// A step, and the status before it.
pub type Transition = (Taken, Option<Status>);

/// A part of the history of one of the tenant's subscribers, the last step first; also of one who is gone.
///
/// # Errors
/// If the database fails.
pub async fn newest_first(
    db: &impl Rows,
    tenant: Tenant,
    owner: SubscriberId,
    before: Option<StepId>,
    most: usize,
) -> Result<Page<Transition, StepId>, DbErr> {
    let steps = of(tenant, owner.into()).apply_if(before, |steps, before| steps.filter(history::Column::Id.lt(before)));
    let steps = steps.order_by_desc(history::Column::Id);
    let read = |most| db.rows(steps.clone().limit(most).build(db.get_database_backend()));
    // One row too many says what came before the last.
    let (rows, more) = page::first_of(most as u64 + 1, read).await?;
    let more = more || rows.len() > most;
    let next = rows.iter().take(most).next_back().filter(|_| more).map(|row: &history::Model| row.id);
    let steps: Vec<Taken> = readable(rows);
    let before: Vec<_> = steps.iter().skip(1).map(|step| step.status).chain([None]).collect();
    let shown = steps.into_iter().zip(before).filter(|(step, _)| next.is_none_or(|next| step.id >= next));
    Ok(Page { rows: shown.collect(), next })
}

/// The last of these that has happened to one of the tenant's subscribers.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn last(
    db: &impl Rows,
    tenant: Tenant,
    owner: SubscriberId,
    happenings: impl IntoIterator<Item = Happening>,
) -> Result<Option<Taken>, Trouble> {
    let events = happenings.into_iter().map(Happening::as_str);
    let found = of(tenant, owner.into()).filter(history::Column::Event.is_in(events));
    Ok(newest_of(db, found, 1).await?.pop().map(Taken::try_from).transpose()?)
}

/// The last steps of one of the tenant's subscribers, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn newest(db: &impl Rows, tenant: Tenant, owner: impl Into<OwnerId>, most: u64) -> Result<Vec<Taken>, DbErr> {
    Ok(readable(newest_of(db, of(tenant, owner.into()), most).await?))
}

/// The step that a webhook reports.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn of_delivery(db: &impl ConnectionTrait, delivery: &WebhookDelivery) -> Result<Option<Taken>, Trouble> {
    let found = history::Entity::find_by_id(delivery.step_id).one(db).await?;
    Ok(found.map(Taken::try_from).transpose()?)
}

async fn newest_of(db: &impl Rows, steps: Select<history::Entity>, most: u64) -> Result<Vec<history::Model>, DbErr> {
    row::all(db, steps.order_by_desc(history::Column::Id).limit(most)).await
}

/// Whose history is of one who is gone, nobody can say any more: that is for whoever has all of the partner's customers.
fn of(tenant: Tenant, owner: OwnerId) -> Select<history::Entity> {
    let steps = history::Entity::find()
        .filter(history::Column::PartnerId.eq(tenant.partner()))
        .filter(history::Column::OwnerId.eq(owner));
    steps.apply_if((!tenant.has_every_customer()).then(|| subscriber::ids_of(tenant)), |steps, there| {
        steps.filter(history::Column::OwnerId.in_subquery(there))
    })
}

/// The last steps of users and workspaces who were gone before this, from the step after that one on, and whose they are.
///
/// # Errors
/// If the database fails.
pub async fn ends(
    db: &impl ConnectionTrait,
    after: Option<StepId>,
    before: Timestamp,
    most: u64,
) -> Result<Vec<(StepId, Uuid)>, DbErr> {
    let mut ends = history::Entity::find()
        .select_only()
        .column(history::Column::Id)
        .column(history::Column::OwnerId)
        .filter(history::Column::Status.is_null())
        .filter(history::Column::At.lt(before.0));
    if let Some(after) = after {
        ends = ends.filter(history::Column::Id.gt(after));
    }
    ends.order_by_asc(history::Column::Id).limit(most).into_tuple().all(db).await
}

/// Forgets what happened to a user or workspace who is gone.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, gone: Uuid) -> Result<(), DbErr> {
    history::Entity::delete_many().filter(history::Column::OwnerId.eq(gone)).exec(&**work).await.map(drop)
}
