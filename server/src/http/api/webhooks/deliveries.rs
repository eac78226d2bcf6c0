//! `GET /v1/webhooks/{webhook}/deliveries`

use axum::{Json, extract::State};
use domain::{Fault, webhook::Outcome};
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, Named, Read, Refusal,
    paging::{self, Link, PageRequest},
    webhook::Webhook,
};
use crate::{
    iso8601,
    store::{
        StepId, WebhookDelivery,
        webhook_delivery::{self, Which},
    },
    vendor_id::Kind,
};

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

/// A change that a webhook reports or has reported.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = WebhookDelivery)]
struct Delivery {
    /// The message's `webhook-id`, and the step's id in the subscriber's history.
    #[schema(value_type = uuid::Uuid)]
    id: StepId,
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
    params(("webhook" = uuid::Uuid, Path, description = "The webhook's id"), PageRequest<Filters>),
    responses((status = 200, description = "A page of deliveries", body = Deliveries, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn deliveries(
    State(state): State<ApiState>,
    client: Client<Read>,
    named: Named<Webhook>,
    request: PageRequest<Filters>,
) -> Result<(Link, Json<Deliveries>), Refusal> {
    let webhook = named.find(&state, client.tenant).await?;
    let window = request.window(|cursor| cursor.parse().ok())?;
    let page = webhook_delivery::page(state.store.read(), &webhook, request.filters.which()?, window).await?;
    let link = request.link(page.next.map(|last| last.to_string()));
    Ok((link, Json(Deliveries { items: page.rows.into_iter().map(Delivery::from).collect() })))
}

impl Filters {
    fn which(&self) -> Result<Which, Refusal> {
        match self.outcome.as_deref() {
            None => Ok(Which::All),
            Some(PENDING) => Ok(Which::Pending),
            Some(name) => {
                let outcome = Outcome::parse(name).map(Which::Ended);
                outcome.ok_or_else(|| Refusal::parameter("outcome", Fault::InvalidParameter))
            }
        }
    }
}

impl From<WebhookDelivery> for Delivery {
    fn from(row: WebhookDelivery) -> Self {
        Self {
            id: row.step_id,
            event: row.event.name(),
            subscriber_id: Kind::Subscriber.encode(row.subscriber_id),
            outcome: row.outcome.map_or(PENDING, Outcome::as_str).to_owned(),
            attempts: row.attempts,
            created: iso8601::format(row.created_at),
            last_attempt: row.tried_at.map(iso8601::format),
            response: row.response,
            problem: row.problem,
        }
    }
}
