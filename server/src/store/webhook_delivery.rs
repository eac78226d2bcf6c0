//! The changes of which webhooks tell: written with the change, sent afterwards. Whoever has a webhook may have its deliveries.

use domain::{
    BroadWorksId, Timestamp,
    webhook::{Event, Outcome},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select,
    sea_query::{Expr, ExprTrait as _, Query, SimpleExpr},
};

use super::{
    Rows, Subscriber, Tenant, Webhook, Work,
    entity::{
        webhook_delivery::{ActiveModel, Column, Entity, Model},
        webhook_event,
    },
    ids::{StepId, SubscriberId, WebhookId},
    page::{self, Page, Window},
    row::{self, Unreadable, changed, readable},
    webhook,
};

/// Which deliveries a list shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them.
    All,
    /// Those that are to be tried.
    Pending,
    /// Those with this outcome.
    Ended(Outcome),
}

/// A change that a webhook reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookDelivery {
    /// Which webhook.
    pub webhook_id: WebhookId,
    /// The step in the subscriber's history; deliveries are made in the order of steps.
    pub step_id: StepId,
    /// Of which kind the change is.
    pub event: Event,
    /// The subscriber.
    pub subscriber_id: SubscriberId,
    /// The BroadWorks user id then.
    pub user_id: BroadWorksId,
    /// How often it was tried.
    pub attempts: i32,
    /// What became of it; none while it is to be tried.
    pub outcome: Option<Outcome>,
    /// The status of the last answer, if there was one.
    pub response: Option<i32>,
    /// Why there was no answer the last time.
    pub problem: Option<String>,
    /// When the event happened.
    pub created_at: Timestamp,
    /// The last try.
    pub tried_at: Option<Timestamp>,
}

impl TryFrom<Model> for WebhookDelivery {
    type Error = Unreadable;

    fn try_from(row: Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "webhook_delivery", id: row.step_id.into(), column };
        let outcome = row.outcome.as_deref().map(|name| Outcome::parse(name).ok_or(unreadable("outcome")));
        Ok(Self {
            event: Event::parse(&row.event).ok_or(unreadable("event"))?,
            outcome: outcome.transpose()?,
            webhook_id: row.webhook_id,
            step_id: row.step_id,
            subscriber_id: row.subscriber_id,
            user_id: BroadWorksId::from_stored(&row.user_id),
            attempts: row.attempts,
            response: row.response,
            problem: row.problem,
            created_at: Timestamp(row.created_at),
            tried_at: row.tried_at.map(Timestamp),
        })
    }
}

impl From<WebhookDelivery> for ActiveModel {
    fn from(delivery: WebhookDelivery) -> Self {
        Model {
            webhook_id: delivery.webhook_id,
            step_id: delivery.step_id,
            event: delivery.event.name(),
            subscriber_id: delivery.subscriber_id,
            user_id: delivery.user_id.into(),
            attempts: delivery.attempts,
            outcome: delivery.outcome.map(|outcome| outcome.as_str().to_owned()),
            response: delivery.response,
            problem: delivery.problem,
            created_at: delivery.created_at.0,
            tried_at: delivery.tried_at.map(|at| at.0),
        }
        .into()
    }
}

/// Writes down that a subscriber changed with this step of its history, for every webhook of its partner that reports it.
///
/// # Errors
/// If the database fails.
pub async fn note(
    work: &mut Work,
    subscriber: &Subscriber,
    step: StepId,
    event: Event,
    now: Timestamp,
) -> Result<(), DbErr> {
    use webhook_event::Column as Told;
    let what = (subscriber.partner_id, event);
    if work.is_unheard(what) {
        return Ok(());
    }
    // One statement, whether there are webhooks or not: it is made with every change.
    let deliveries = Query::select()
        .column(Told::WebhookId)
        .expr(Expr::value(step))
        .column(Told::Event)
        .expr(Expr::value(subscriber.id))
        .expr(Expr::value(subscriber.user_id.as_str()))
        .expr(Expr::value(0))
        .expr(Expr::value(now.0))
        .from(webhook_event::Entity)
        .and_where(Expr::col(Told::PartnerId).eq(subscriber.partner_id))
        .and_where(Expr::col(Told::Event).eq(event.name()))
        .and_where(Expr::col(Told::WebhookId).not_in_subquery(webhook::disabled(Tenant::of_subject(subscriber))))
        .to_owned();
    let insert = Query::insert()
        .into_table(Entity)
        .columns([
            Column::WebhookId,
            Column::StepId,
            Column::Event,
            Column::SubscriberId,
            Column::UserId,
            Column::Attempts,
            Column::CreatedAt,
        ])
        .select_from(deliveries)
        .map_err(|error| DbErr::Custom(error.to_string()))?
        .to_owned();
    if work.execute(&insert).await?.rows_affected() == 0 {
        work.nobody_hears(what);
    }
    Ok(())
}

/// A part of a webhook's deliveries, the first change first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl Rows,
    webhook: &Webhook,
    which: Which,
    window: Window<StepId>,
) -> Result<Page<WebhookDelivery, StepId>, DbErr> {
    let step = (Column::StepId, |row: &Model| row.step_id);
    Ok(page::oldest_first(db, those(webhook, which), step, window).await?.readable())
}

/// A part of a webhook's deliveries, the last change first.
///
/// # Errors
/// If the database fails.
pub async fn newest_first(
    db: &impl Rows,
    webhook: &Webhook,
    which: Which,
    window: Window<StepId>,
) -> Result<Page<WebhookDelivery, StepId>, DbErr> {
    let step = (Column::StepId, |row: &Model| row.step_id);
    Ok(page::newest_first(db, those(webhook, which), step, window).await?.readable())
}

fn those(webhook: &Webhook, which: Which) -> Select<Entity> {
    match which {
        Which::All => of(webhook),
        Which::Pending => of(webhook).filter(is_pending()),
        Which::Ended(outcome) => of(webhook).filter(Column::Outcome.eq(outcome.as_str())),
    }
}

/// The first of what a webhook has still to tell.
///
/// # Errors
/// If the database fails.
pub async fn pending(db: &impl Rows, webhook: &Webhook, most: u64) -> Result<Vec<WebhookDelivery>, DbErr> {
    let rows = of(webhook).filter(webhook::to_send()).order_by_asc(Column::StepId).limit(most);
    Ok(readable(row::all(db, rows).await?))
}

/// Writes down what has changed of one that was `before`. Returns whether it is still there.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, before: WebhookDelivery, after: WebhookDelivery) -> Result<bool, DbErr> {
    match row::save(&**work, changed::<ActiveModel>(before, after)).await {
        Err(DbErr::RecordNotUpdated) => Ok(false),
        saved => saved.map(|()| true),
    }
}

/// Has a change told once more, whatever became of it. Returns whether there is such a delivery.
///
/// # Errors
/// If the database fails.
pub async fn repeat(work: &Work, webhook: &Webhook, step: StepId) -> Result<bool, DbErr> {
    let repeated = Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(None::<String>))
        .filter(Column::WebhookId.eq(webhook.id))
        .filter(Column::StepId.eq(step))
        .exec(&**work)
        .await?;
    Ok(repeated.rows_affected > 0)
}

/// Gives up what a webhook has still to tell.
///
/// # Errors
/// If the database fails.
pub async fn give_up(work: &Work, webhook: &Webhook) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Outcome, Outcome::Failed.as_str().into())
        .filter(Column::WebhookId.eq(webhook.id))
        .filter(is_pending())
        .exec(&**work)
        .await
        .map(drop)
}

/// Forgets the deliveries of a webhook that have an outcome and are older than that.
///
/// # Errors
/// If the database fails.
pub async fn delete_old(work: &Work, webhook: WebhookId, oldest: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::Outcome.is_in(Outcome::ALL.map(Outcome::as_str)))
        .filter(Column::CreatedAt.lte(oldest.0))
        .exec(&**work)
        .await
        .map(drop)
}

fn is_pending() -> SimpleExpr {
    Column::Outcome.is_null()
}

/// The webhook's deliveries.
fn of(webhook: &Webhook) -> Select<Entity> {
    Entity::find().filter(Column::WebhookId.eq(webhook.id))
}
