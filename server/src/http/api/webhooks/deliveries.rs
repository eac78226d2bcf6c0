//! `GET /v1/webhooks/{webhook}/deliveries`

use axum::{Json, extract::State};
use domain::{Fault, Timestamp};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, Client, Named, Read, Refusal,
    paging::{self, Asked, Link},
    webhook::Webhook,
};
use crate::{iso8601, store::entity::webhook_delivery, vendor_id::Kind, webhooks::outcome};

/// The outcome of a delivery that is still to be tried.
const PENDING: &str = "pending";

/// Which deliveries are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Filters {
    /// delivered, failed or pending
    outcome: Option<String>,
}

impl paging::Filters for Filters {}

/// A page of a webhook's deliveries.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WebhookDeliveryPage)]
pub struct Deliveries {
    items: Vec<Delivery>,
}

/// A change that a webhook tells or has told.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
struct Delivery {
    /// The message's `webhook-id`, and the step's id in the subscriber's history.
    id: Uuid,
    event: String,
    subscriber_id: String,
    /// `delivered`, `failed`, or `pending` while it is to be tried.
    outcome: String,
    attempts: i32,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_attempt: Option<String>,
    /// The status that the last attempt was answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<i32>,
    /// Why the last attempt was not answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Shows what a webhook has told and has still to tell, the first change first.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{webhook}/deliveries",
    operation_id = "webhook_deliveries",
    tag = "Webhooks (ours)",
    params(("webhook" = uuid::Uuid, Path, description = "The webhook's id"), Asked<Filters>),
    responses((status = 200, description = "A page of deliveries", body = Deliveries, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn deliveries(
    State(state): State<ApiState>,
    client: Client<Read>,
    named: Named<Webhook>,
    asked: Asked<Filters>,
) -> Result<(Link, Json<Deliveries>), Refusal> {
    let webhook = named.find(&state, client.partner).await?;
    let after = asked.after(|cursor| Uuid::try_parse(cursor).ok())?;
    let rows = webhook_delivery::Entity::find()
        .filter(webhook_delivery::Column::WebhookId.eq(webhook.id))
        .apply_if(asked.filters.condition()?, |deliveries, outcome| deliveries.filter(outcome))
        .apply_if(after, |deliveries, after| deliveries.filter(webhook_delivery::Column::StepId.gt(after)))
        .order_by_asc(webhook_delivery::Column::StepId);
    let (link, found) = asked.read(&state.store, rows, |last| last.step_id.to_string()).await?;
    Ok((link, Json(Deliveries { items: found.into_iter().map(Delivery::from).collect() })))
}

impl Filters {
    fn condition(&self) -> Result<Option<Expr>, Refusal> {
        Ok(match self.outcome.as_deref() {
            None => None,
            Some(PENDING) => Some(webhook_delivery::Column::Outcome.is_null()),
            Some(name @ (outcome::DELIVERED | outcome::FAILED)) => Some(webhook_delivery::Column::Outcome.eq(name)),
            Some(_) => return Err(Refusal::parameter("outcome", Fault::InvalidParameter)),
        })
    }
}

impl From<webhook_delivery::Model> for Delivery {
    fn from(row: webhook_delivery::Model) -> Self {
        Self {
            id: row.step_id,
            event: row.event,
            subscriber_id: Kind::Subscriber.encode(row.subscriber_id),
            outcome: row.outcome.unwrap_or_else(|| PENDING.to_owned()),
            attempts: row.attempts,
            created: iso8601::format(Timestamp(row.created_at)),
            last_attempt: row.tried_at.map(|at| iso8601::format(Timestamp(at))),
            response: row.response,
            problem: row.problem,
        }
    }
}
