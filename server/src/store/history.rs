//! What happened to subscribers and workspaces, step by step. [`super::Work::record`] writes it.

use domain::{Happening, Timestamp};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
};
use uuid::Uuid;

use super::{
    Rows, Tenant, WebhookDelivery, Work,
    entity::history,
    ids::{OwnerId, StepId, SubscriberId},
    page::{self, Page, Window},
    row, subscriber,
};

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Its id; grows with time.
    pub id: StepId,
    /// When.
    pub at: Timestamp,
    /// What happened.
    pub event: String,
    /// Who did it.
    pub actor: String,
    /// The status after it; none when the subscriber is gone.
    pub status: Option<String>,
    /// A fault's code.
    pub fault: Option<i32>,
    /// What the target said.
    pub detail: Option<String>,
}

impl From<history::Model> for Taken {
    fn from(row: history::Model) -> Self {
        Self {
            id: row.id,
            at: Timestamp(row.at),
            event: row.event,
            actor: row.actor,
            status: row.status,
            fault: row.fault,
            detail: row.detail,
        }
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
    Ok(page::oldest_first(db, of(tenant, owner.into()), id, window).await?.map(Taken::from))
}

/// A step, and the status before it.
pub type Transition = (Taken, Option<String>);

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
    let mut rows: Vec<Taken> = rows.into_iter().map(|step: history::Model| step.into()).collect();
    let before: Vec<_> = rows.iter().skip(1).map(|step| step.status.clone()).chain([None]).collect();
    rows.truncate(most);
    let next = rows.last().filter(|_| more).map(|step| step.id);
    Ok(Page { rows: rows.into_iter().zip(before).collect(), next })
}

/// The last of these that has happened to one of the tenant's subscribers.
///
/// # Errors
/// If the database fails.
pub async fn last(
    db: &impl Rows,
    tenant: Tenant,
    owner: SubscriberId,
    happenings: impl IntoIterator<Item = Happening>,
) -> Result<Option<Taken>, DbErr> {
    let events = happenings.into_iter().map(Happening::as_str);
    let found = of(tenant, owner.into()).filter(history::Column::Event.is_in(events));
    Ok(newest_of(db, found, 1).await?.pop())
}

/// The last steps of one of the tenant's subscribers, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn newest(db: &impl Rows, tenant: Tenant, owner: impl Into<OwnerId>, most: u64) -> Result<Vec<Taken>, DbErr> {
    newest_of(db, of(tenant, owner.into()), most).await
}

/// The step that a webhook reports.
///
/// # Errors
/// If the database fails.
pub async fn of_delivery(db: &impl ConnectionTrait, delivery: &WebhookDelivery) -> Result<Option<Taken>, DbErr> {
    Ok(history::Entity::find_by_id(delivery.step_id).one(db).await?.map(Taken::from))
}

async fn newest_of(db: &impl Rows, steps: Select<history::Entity>, most: u64) -> Result<Vec<Taken>, DbErr> {
    let steps = steps.order_by_desc(history::Column::Id).limit(most);
    Ok(row::all(db, steps).await?.into_iter().map(Taken::from).collect())
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
