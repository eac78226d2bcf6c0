//! What happened to subscribers and workspaces, step by step. [`super::Work::record`] writes it.

use domain::Timestamp;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
};

use super::{
    Tenant, WebhookDelivery,
    entity::history,
    ids::{OwnerId, StepId},
    page::{self, Page, Window},
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
    db: &impl ConnectionTrait,
    tenant: Tenant,
    owner: impl Into<OwnerId>,
    window: Window<StepId>,
) -> Result<Page<Taken, StepId>, DbErr> {
    let id = (history::Column::Id, |step: &history::Model| step.id);
    Ok(page::oldest_first(db, of(tenant, owner.into()), id, window).await?.map(Taken::from))
}

/// The last steps of one of the tenant's subscribers, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn newest(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    owner: impl Into<OwnerId>,
    most: u64,
) -> Result<Vec<Taken>, DbErr> {
    let steps = of(tenant, owner.into()).order_by_desc(history::Column::Id).limit(most).all(db).await?;
    Ok(steps.into_iter().map(Taken::from).collect())
}

/// The step of which a webhook tells.
///
/// # Errors
/// If the database fails.
pub async fn of_delivery(db: &impl ConnectionTrait, delivery: &WebhookDelivery) -> Result<Option<Taken>, DbErr> {
    Ok(history::Entity::find_by_id(delivery.step_id).one(db).await?.map(Taken::from))
}

fn of(tenant: Tenant, owner: OwnerId) -> Select<history::Entity> {
    history::Entity::find()
        .filter(history::Column::PartnerId.eq(tenant.partner()))
        .filter(history::Column::OwnerId.eq(owner))
}
