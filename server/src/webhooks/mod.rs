//! Webhooks: clients of the REST API are told when a subscriber's status changes.
//!
//! What is to be told is written in the transaction of the change ([`note`]) and sent outside it, by the
//! [`Messenger`]: a change that is rolled back is told to nobody, and one that is committed is told at least once. The
//! format of a message and its signature is that of standardwebhooks.com.

mod address;
mod messenger;
mod signature;

pub use address::WebhookUrl;
pub use messenger::Messenger;
pub use signature::Secret;

use domain::{Fault, Status, Timestamp, timestamp::DAY};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait as _, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Query},
};
use uuid::Uuid;

use crate::{
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Store, Subscriber, Work,
        entity::{webhook, webhook_delivery, webhook_event},
    },
};

/// How long a delivery that was made or given up can be looked up, in milliseconds.
const KEPT: i64 = 7 * DAY;

/// What became of a delivery.
pub mod outcome {
    /// The client took it.
    pub const DELIVERED: &str = "delivered";
    /// It was given up.
    pub const FAILED: &str = "failed";
}

/// Something of which a webhook may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A subscriber has this status now.
    Status(Status),
    /// A subscriber is gone.
    Removed,
}

impl Event {
    /// Every event.
    pub fn all() -> impl Iterator<Item = Self> {
        Status::ALL.into_iter().map(Self::Status).chain([Self::Removed])
    }

    /// Its name: `subscriber.` and the status, or `subscriber.removed`.
    #[must_use]
    pub fn name(self) -> String {
        let what = match self {
            Self::Status(status) => status.as_str(),
            Self::Removed => "removed",
        };
        format!("subscriber.{what}")
    }

    /// The event of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|event| event.name() == name)
    }
}

/// Adds a webhook.
///
/// # Errors
/// If the database fails.
pub async fn add(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    url: &WebhookUrl,
    secret: &Secret,
    events: &[Event],
) -> Result<webhook::Model, Trouble> {
    let now = environment.now().0;
    let webhook = webhook::Model {
        id: environment.id(),
        partner_id: partner,
        url: url.as_str().to_owned(),
        secret: secret.as_str().to_owned(),
        failures: 0,
        run_at: now,
        lease_until: now,
        created_at: now,
        failing_since: None,
        disabled_at: None,
        disabled_reason: None,
    };
    let mut names: Vec<_> = events.iter().map(|event| event.name()).collect();
    names.sort_unstable();
    names.dedup();
    let told =
        names.into_iter().map(|event| webhook_event::Model { partner_id: partner, event, webhook_id: webhook.id });
    let told: Vec<_> = told.map(sea_orm::IntoActiveModel::into_active_model).collect();
    let work = store.work().await?;
    let webhook = webhook.into_active_model().insert(&*work).await?;
    webhook_event::Entity::insert_many(told).exec_without_returning(&*work).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "webhook_added", webhook = %webhook.id, %partner);
    Ok(webhook)
}

/// Removes a webhook and what it had not told yet.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn remove(store: &Store, partner: Uuid, id: Uuid) -> Result<(), Trouble> {
    let work = store.work().await?;
    let own = webhook::Entity::delete_by_id(id).filter(webhook::Column::PartnerId.eq(partner));
    if own.exec(&*work).await?.rows_affected == 0 {
        return Err(Fault::NotFound.into());
    }
    webhook_event::Entity::delete_many()
        .filter(webhook_event::Column::PartnerId.eq(partner))
        .filter(webhook_event::Column::WebhookId.eq(id))
        .exec(&*work)
        .await?;
    webhook_delivery::Entity::delete_many().filter(webhook_delivery::Column::WebhookId.eq(id)).exec(&*work).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "webhook_removed", webhook = %id, %partner);
    Ok(())
}

/// Has a webhook told nothing any more. What it had not been told is given up: it is not wanted.
async fn disable(work: &Work, id: Uuid, reason: &str, now: Timestamp) -> Result<(), DbErr> {
    webhook::Entity::update_many()
        .col_expr(webhook::Column::DisabledAt, Expr::value(now.0))
        .col_expr(webhook::Column::DisabledReason, Expr::value(reason))
        .filter(webhook::Column::Id.eq(id))
        .exec(&**work)
        .await?;
    webhook_delivery::Entity::update_many()
        .col_expr(webhook_delivery::Column::Outcome, Expr::value(outcome::FAILED))
        .filter(webhook_delivery::Column::WebhookId.eq(id))
        .filter(webhook_delivery::Column::Outcome.is_null())
        .exec(&**work)
        .await?;
    Ok(())
}

/// Has a webhook told again, from now on. One that is told already stays as it is.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn enable(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    id: Uuid,
) -> Result<webhook::Model, Trouble> {
    let work = store.work().await?;
    let enabled = webhook::Entity::update_many()
        .col_expr(webhook::Column::DisabledAt, Expr::value(None::<i64>))
        .col_expr(webhook::Column::DisabledReason, Expr::value(None::<String>))
        .col_expr(webhook::Column::FailingSince, Expr::value(None::<i64>))
        .col_expr(webhook::Column::Failures, Expr::value(0))
        .col_expr(webhook::Column::RunAt, Expr::value(environment.now().0))
        .filter(webhook::Column::Id.eq(id))
        .filter(webhook::Column::PartnerId.eq(partner))
        .filter(webhook::Column::DisabledAt.is_not_null())
        .exec(&*work)
        .await?;
    let own = webhook::Entity::find_by_id(id).filter(webhook::Column::PartnerId.eq(partner)).one(&*work).await?;
    work.commit().await?;
    if enabled.rows_affected > 0 {
        tracing::info!(target: SECURITY, event = "webhook_enabled", webhook = %id, %partner);
    }
    own.ok_or_else(|| Fault::NotFound.into())
}

/// Notes that a subscriber's status changed with this step of its history, for every webhook that tells of it.
///
/// # Errors
/// If the database fails.
pub async fn note(
    work: &Work,
    environment: &Environment,
    subscriber: &Subscriber,
    step: Uuid,
    event: Event,
) -> Result<(), DbErr> {
    // One statement, whether there are webhooks or not: it is made with every change.
    let disabled = Query::select()
        .column(webhook::Column::Id)
        .from(webhook::Entity)
        .and_where(Expr::col(webhook::Column::PartnerId).eq(subscriber.partner_id))
        .and_where(Expr::col(webhook::Column::DisabledAt).is_not_null())
        .to_owned();
    let deliveries = Query::select()
        .column(webhook_event::Column::WebhookId)
        .expr(Expr::value(step))
        .column(webhook_event::Column::Event)
        .expr(Expr::value(subscriber.id))
        .expr(Expr::value(subscriber.user_id.as_str()))
        .expr(Expr::value(0))
        .expr(Expr::value(environment.now().0))
        .from(webhook_event::Entity)
        .and_where(Expr::col(webhook_event::Column::PartnerId).eq(subscriber.partner_id))
        .and_where(Expr::col(webhook_event::Column::Event).eq(event.name()))
        .and_where(Expr::col(webhook_event::Column::WebhookId).not_in_subquery(disabled))
        .to_owned();
    let insert = Query::insert()
        .into_table(webhook_delivery::Entity)
        .columns([
            webhook_delivery::Column::WebhookId,
            webhook_delivery::Column::StepId,
            webhook_delivery::Column::Event,
            webhook_delivery::Column::SubscriberId,
            webhook_delivery::Column::UserId,
            webhook_delivery::Column::Attempts,
            webhook_delivery::Column::CreatedAt,
        ])
        .select_from(deliveries)
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .to_owned();
    work.execute(&insert).await?;
    Ok(())
}

/// Of what a webhook tells.
///
/// # Errors
/// If the database fails.
pub async fn events(store: &Store, webhooks: &[webhook::Model]) -> Result<Vec<webhook_event::Model>, DbErr> {
    let Some(first) = webhooks.first() else { return Ok(Vec::new()) };
    webhook_event::Entity::find()
        .filter(webhook_event::Column::PartnerId.eq(first.partner_id))
        .filter(webhook_event::Column::WebhookId.is_in(webhooks.iter().map(|webhook| webhook.id)))
        .all(store.read())
        .await
}

/// Forgets deliveries that were made or given up long ago.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let webhooks: Vec<Uuid> =
        webhook::Entity::find().select_only().column(webhook::Column::Id).into_tuple().all(store.read()).await?;
    // One webhook at a time: a short transaction by its index each.
    for webhook in webhooks {
        let work = store.work().await?;
        webhook_delivery::Entity::delete_many()
            .filter(webhook_delivery::Column::WebhookId.eq(webhook))
            .filter(webhook_delivery::Column::Outcome.is_in([outcome::DELIVERED, outcome::FAILED]))
            .filter(webhook_delivery::Column::CreatedAt.lte(now.plus(-KEPT).0))
            .exec(&*work)
            .await?;
        work.commit().await?;
    }
    Ok(())
}
