//! Where clients of the REST API want to be told of changes, and of which.

use std::collections::HashMap;

use domain::{Timestamp, webhook::Event};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, Query, SelectStatement, SimpleExpr},
};

use super::{
    Rows, Tenant, Work,
    due::Due,
    entity::{
        webhook::{Column, Entity, Model},
        webhook_delivery as delivery, webhook_event,
    },
    ids::{PartnerId, WebhookId},
    page::{self, Page, Window},
    row::{self, Unreadable, readable},
};

/// A kind of event that a webhook reports.
struct Subscription {
    webhook: WebhookId,
    event: Event,
}

impl TryFrom<webhook_event::Model> for Subscription {
    type Error = Unreadable;

    fn try_from(row: webhook_event::Model) -> Result<Self, Unreadable> {
        let unreadable = Unreadable { table: "webhook_event", id: row.webhook_id.into(), column: "event" };
        Ok(Self { webhook: row.webhook_id, event: Event::parse(&row.event).ok_or(unreadable)? })
    }
}

/// Where a client of the REST API wants to be told of changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The address. Where messages may be sent is looked at each time.
    pub url: String,
    /// The key of its signatures, as it is kept ([`crate::access::kept_secret`]).
    pub secret: String,
    /// Failed attempts since the last one that succeeded.
    pub failures: i32,
    /// Not before.
    pub run_at: Timestamp,
    /// Until when a server sends to it.
    pub lease_until: Timestamp,
    /// When it was added.
    pub created_at: Timestamp,
    /// The first of the failures; none after a success.
    pub failing_since: Option<Timestamp>,
    /// Since when nothing is sent to it; none while it is told.
    pub disabled_at: Option<Timestamp>,
    /// Why not.
    pub disabled_reason: Option<String>,
}

impl From<Model> for Webhook {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            partner_id: row.partner_id,
            url: row.url,
            secret: row.secret,
            failures: row.failures,
            run_at: Timestamp(row.run_at),
            lease_until: Timestamp(row.lease_until),
            created_at: Timestamp(row.created_at),
            failing_since: row.failing_since.map(Timestamp),
            disabled_at: row.disabled_at.map(Timestamp),
            disabled_reason: row.disabled_reason,
        }
    }
}

impl From<Webhook> for Model {
    fn from(webhook: Webhook) -> Self {
        Self {
            id: webhook.id,
            partner_id: webhook.partner_id,
            url: webhook.url,
            secret: webhook.secret,
            failures: webhook.failures,
            run_at: webhook.run_at.0,
            lease_until: webhook.lease_until.0,
            created_at: webhook.created_at.0,
            failing_since: webhook.failing_since.map(|at| at.0),
            disabled_at: webhook.disabled_at.map(|at| at.0),
            disabled_reason: webhook.disabled_reason,
        }
    }
}

/// How a webhook stands after a turn.
#[derive(Clone, Copy, Debug)]
pub struct Turn {
    /// Failed attempts since the last one that succeeded.
    pub failures: i32,
    /// The first of them.
    pub failing_since: Option<Timestamp>,
    /// When it has its next turn at the earliest.
    pub run_at: Timestamp,
    /// Now.
    pub ended_at: Timestamp,
}

/// The tenant's webhook of that id.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: WebhookId) -> Result<Option<Webhook>, DbErr> {
    Ok(of(tenant).filter(Column::Id.eq(id)).one(db).await?.map(Webhook::from))
}

/// Those of the tenant's webhooks that have one of these ids.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl Rows,
    tenant: Tenant,
    ids: impl IntoIterator<Item = WebhookId>,
) -> Result<Vec<Webhook>, DbErr> {
    let rows = of(tenant).filter(Column::Id.is_in(ids));
    Ok(row::all(db, rows).await?.into_iter().map(Webhook::from).collect())
}

/// A part of the tenant's webhooks, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl Rows,
    tenant: Tenant,
    window: Window<WebhookId>,
) -> Result<Page<Webhook, WebhookId>, DbErr> {
    let id = (Column::Id, |row: &Model| row.id);
    Ok(page::oldest_first(db, of(tenant), id, window).await?.map(Webhook::from))
}

/// The kinds of events that each of these webhooks of the tenant reports.
///
/// # Errors
/// If the database fails.
pub async fn events(
    db: &impl Rows,
    tenant: Tenant,
    webhooks: &[Webhook],
) -> Result<HashMap<WebhookId, Vec<Event>>, DbErr> {
    let rows = webhook_event::Entity::find()
        .filter(webhook_event::Column::PartnerId.eq(tenant.partner()))
        .filter(webhook_event::Column::WebhookId.is_in(webhooks.iter().map(|webhook| webhook.id)));
    let mut events: HashMap<WebhookId, Vec<Event>> = HashMap::new();
    for Subscription { webhook, event } in readable(row::all(db, rows).await?) {
        events.entry(webhook).or_default().push(event);
    }
    Ok(events)
}

/// Writes a new one down, with the kinds of events that it reports.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, webhook: Webhook, events: &[Event]) -> Result<(), DbErr> {
    let row: Model = webhook.into();
    let (partner_id, webhook_id) = (row.partner_id, row.id);
    let mut names: Vec<_> = events.iter().map(|event| event.name()).collect();
    names.sort_unstable();
    names.dedup();
    let told = names.into_iter().map(|event| webhook_event::Model { partner_id, event, webhook_id });
    let told: Vec<_> = told.map(webhook_event::Model::into_active_model).collect();
    row.into_active_model().insert(&**work).await?;
    webhook_event::Entity::insert_many(told).exec_without_returning(&**work).await.map(drop)
}

/// Forgets the tenant's webhook of that id, with its events and deliveries. Returns whether there was one.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, tenant: Tenant, id: WebhookId) -> Result<bool, DbErr> {
    let own = Entity::delete_by_id(id).filter(Column::PartnerId.eq(tenant.partner()));
    if own.exec(&**work).await?.rows_affected == 0 {
        return Ok(false);
    }
    webhook_event::Entity::delete_many()
        .filter(webhook_event::Column::PartnerId.eq(tenant.partner()))
        .filter(webhook_event::Column::WebhookId.eq(id))
        .exec(&**work)
        .await?;
    delivery::Entity::delete_many().filter(delivery::Column::WebhookId.eq(id)).exec(&**work).await?;
    Ok(true)
}

/// Writes down that nothing is sent to it any more, and why.
///
/// # Errors
/// If the database fails.
pub async fn disable(work: &Work, webhook: &Webhook, reason: &str, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::DisabledAt, now.0.into())
        .col_expr(Column::DisabledReason, reason.into())
        .filter(Column::Id.eq(webhook.id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Writes down that the tenant's webhook of that id is told again, from now on. Returns whether it was disabled.
///
/// # Errors
/// If the database fails.
pub async fn enable(work: &Work, tenant: Tenant, id: WebhookId, now: Timestamp) -> Result<bool, DbErr> {
    let enabled = Entity::update_many()
        .col_expr(Column::DisabledAt, Expr::value(None::<i64>))
        .col_expr(Column::DisabledReason, Expr::value(None::<String>))
        .col_expr(Column::FailingSince, Expr::value(None::<i64>))
        .col_expr(Column::Failures, 0.into())
        .col_expr(Column::RunAt, now.0.into())
        .filter(Column::Id.eq(id))
        .filter(Column::PartnerId.eq(tenant.partner()))
        .filter(Column::DisabledAt.is_not_null())
        .exec(&**work)
        .await?;
    Ok(enabled.rows_affected > 0)
}

/// Has it told from now on, however long it was to be left alone.
///
/// # Errors
/// If the database fails.
pub async fn hurry(work: &Work, webhook: &Webhook, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RunAt, now.0.into())
        .filter(Column::Id.eq(webhook.id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Whether one has something to tell and no server sends to it, whichever partner's.
///
/// # Errors
/// If the database fails.
pub async fn is_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool, DbErr> {
    due(now).is_there(db).await
}

/// Takes up to `most` that have something to tell until then, whichever partner's: those first that have waited longest
/// for a turn.
///
/// # Errors
/// If the database fails.
pub async fn claim(work: &Work, now: Timestamp, until: Timestamp, most: u64) -> Result<Vec<Webhook>, DbErr> {
    Ok(due(now).claim(work, until, most).await?.into_iter().map(Webhook::from).collect())
}

fn due(now: Timestamp) -> Due<Entity> {
    let of = Expr::col((delivery::Entity, delivery::Column::WebhookId)).equals((Entity, Column::Id));
    let has_something = Expr::exists(
        Query::select().expr(Expr::value(1)).from(delivery::Entity).and_where(of).and_where(to_send()).to_owned(),
    );
    let may = Column::DisabledAt.is_null().and(Column::RunAt.lte(now.0)).and(has_something);
    Due::new(Column::Id, Column::LeaseUntil, now).that(may)
}

/// Which deliveries this version can send: one of a kind that only a newer version knows, with which it runs while servers are
/// upgraded, is left to that.
pub(super) fn to_send() -> SimpleExpr {
    delivery::Column::Outcome.is_null().and(delivery::Column::Event.is_in(Event::all().map(Event::name)))
}

/// Writes down how it stands after its turn, which ends its lease; unless it was removed meanwhile.
///
/// # Errors
/// If the database fails.
pub async fn end_turn(work: &Work, webhook: &Webhook, turn: Turn) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Failures, turn.failures.into())
        .col_expr(Column::FailingSince, Expr::value(turn.failing_since.map(|at| at.0)))
        .col_expr(Column::RunAt, turn.run_at.0.into())
        .col_expr(Column::LeaseUntil, turn.ended_at.0.into())
        .filter(Column::Id.eq(webhook.id))
        .exec(&**work)
        .await
        .map(drop)
}

/// Everybody's, for whoever sweeps.
///
/// # Errors
/// If the database fails.
pub async fn ids(db: &impl ConnectionTrait) -> Result<Vec<WebhookId>, DbErr> {
    Entity::find().select_only().column(Column::Id).into_tuple().all(db).await
}

/// Which of the tenant's webhooks are told nothing, for another query to ask.
pub(super) fn disabled(tenant: Tenant) -> SelectStatement {
    of(tenant).select_only().column(Column::Id).filter(Column::DisabledAt.is_not_null()).into_query()
}

/// The tenant's webhooks: where every query but the few above begins.
fn of(tenant: Tenant) -> Select<Entity> {
    Entity::find().filter(Column::PartnerId.eq(tenant.partner()))
}
