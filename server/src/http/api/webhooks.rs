//! `/v1/webhooks`: ours. Clients are told when a subscriber's status changes.

use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, RawQuery, State, rejection::QueryRejection},
    http::{HeaderName, StatusCode, header::LOCATION, request::Parts},
};
use domain::{Fault, Timestamp};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, Client, Read, Refusal, Write,
    body::Object,
    id::Kind,
    paging::{self, Link},
    schema,
};
use crate::{
    iso8601,
    store::entity::{webhook, webhook_delivery, webhook_event},
    webhooks::{self, Event, Secret, WebhookUrl, outcome},
};

/// A webhook.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    id: Uuid,
    url: String,
    events: Vec<String>,
    created: String,
    /// Failed attempts since the last one that succeeded.
    failures: i32,
    /// Shown once, when the webhook is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

/// The client's webhooks.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WebhookPage)]
pub struct Webhooks {
    items: Vec<Webhook>,
}

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

/// Adds a webhook. Its secret is shown this once.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    operation_id = "webhook_add",
    tag = "Webhooks (ours)",
    request_body = schema::NewWebhook,
    responses((status = 201, description = "Added", body = Webhook, headers(("Location" = String, description = "The webhook"))))
)]
pub async fn add(
    State(state): State<ApiState>,
    client: Client<Write>,
    body: Object,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Webhook>), Refusal> {
    let url = WebhookUrl::parse(body.text("url")?, state.allow_private_webhooks);
    let url = url.map_err(|fault| Refusal::parameter("url", fault))?;
    let names = body.array("events")?;
    let events: Option<Vec<_>> = names.iter().map(|name| Event::parse(name.as_str()?)).collect();
    let events = events.ok_or_else(|| Refusal::parameter("events", Fault::InvalidParameter))?;
    if events.is_empty() {
        return Err(Refusal::parameter("events", Fault::MissingParameter));
    }
    let secret = match body.optional_text("secret")? {
        Some(written) => Secret::parse(written).map_err(|fault| Refusal::parameter("secret", fault))?,
        None => Secret::random(&state.environment),
    };
    let added = webhooks::add(&state.store, &state.environment, client.partner, &url, &secret, &events).await?;
    let location = format!("{}/v1/webhooks/{}", state.public_url, added.id);
    let mut shown = show(&state, vec![added]).await?;
    let mut shown = shown.pop().ok_or(Fault::Internal)?;
    shown.secret = Some(secret.as_str().to_owned());
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(shown)))
}

/// Which part of a list is asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Parameters {
    outcome: Option<String>,
    max: Option<String>,
    offset: Option<String>,
    cursor: Option<String>,
}

impl Parameters {
    fn cursor(&self) -> Result<Option<Uuid>, Refusal> {
        let parse = |cursor: &String| Uuid::try_parse(cursor);
        let invalid = |_| Refusal::parameter("cursor", Fault::InvalidParameter);
        self.cursor.as_ref().map(parse).transpose().map_err(invalid)
    }
}

/// Shows the client's webhooks.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    operation_id = "webhook_list",
    tag = "Webhooks (ours)",
    params(("max" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Items to a page, 50 unless told otherwise"), ("offset" = Option<u32>, Query, description = "Items to leave out; the link to the next page does without"), ("cursor" = Option<String>, Query, description = "Only from the link to the next page")),
    responses((status = 200, description = "A page of webhooks", body = Webhooks, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    RawQuery(query): RawQuery,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<(Link, Json<Webhooks>), Refusal> {
    let Query(parameters) = parameters.map_err(|_| Fault::InvalidParameter)?;
    let max = paging::max(parameters.max.as_ref())?;
    let mut found = webhook::Entity::find()
        .filter(webhook::Column::PartnerId.eq(client.partner))
        .apply_if(parameters.cursor()?, |webhooks, after| webhooks.filter(webhook::Column::Id.gt(after)))
        .order_by_asc(webhook::Column::Id)
        .offset(paging::offset(parameters.offset.as_ref())?)
        .limit(max + 1)
        .all(state.store.read())
        .await?;
    let more = paging::cut(&mut found, max);
    let url = format!("{}/v1/webhooks", state.public_url);
    let last = found.last().filter(|_| more);
    let link = last.and_then(|last| paging::next(&url, query.as_deref(), &last.id.to_string()));
    Ok((link, Json(Webhooks { items: show(&state, found).await? })))
}

/// Shows a webhook.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{webhook}",
    operation_id = "webhook_read",
    tag = "Webhooks (ours)",
    params(("webhook" = uuid::Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook))
)]
pub async fn read(State(state): State<ApiState>, client: Client<Read>, named: Named) -> Result<Json<Webhook>, Refusal> {
    let found = named.find(&state, client.partner).await?;
    Ok(Json(show(&state, vec![found]).await?.pop().ok_or(Fault::UnknownResource)?))
}

/// Removes a webhook and what it had not told yet.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{webhook}",
    operation_id = "webhook_remove",
    tag = "Webhooks (ours)",
    params(("webhook" = uuid::Uuid, Path, description = "The webhook's id")),
    responses((status = 204, description = "Gone"))
)]
pub async fn remove(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named(id): Named,
) -> Result<StatusCode, Refusal> {
    webhooks::remove(&state.store, client.partner, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Shows what a webhook has told and has still to tell, the first change first.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{webhook}/deliveries",
    operation_id = "webhook_deliveries",
    tag = "Webhooks (ours)",
    params(("webhook" = uuid::Uuid, Path, description = "The webhook's id"), ("outcome" = Option<String>, Query, description = "delivered, failed or pending"), ("max" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Items to a page, 50 unless told otherwise"), ("offset" = Option<u32>, Query, description = "Items to leave out; the link to the next page does without"), ("cursor" = Option<String>, Query, description = "Only from the link to the next page")),
    responses((status = 200, description = "A page of deliveries", body = Deliveries, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn deliveries(
    State(state): State<ApiState>,
    client: Client<Read>,
    named: Named,
    RawQuery(query): RawQuery,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<(Link, Json<Deliveries>), Refusal> {
    let Query(parameters) = parameters.map_err(|_| Fault::InvalidParameter)?;
    let webhook = named.find(&state, client.partner).await?;
    let max = paging::max(parameters.max.as_ref())?;
    let outcome = match parameters.outcome.as_deref() {
        None => None,
        Some(PENDING) => Some(webhook_delivery::Column::Outcome.is_null()),
        Some(name @ (outcome::DELIVERED | outcome::FAILED)) => Some(webhook_delivery::Column::Outcome.eq(name)),
        Some(_) => return Err(Refusal::parameter("outcome", Fault::InvalidParameter)),
    };
    let mut found = webhook_delivery::Entity::find()
        .filter(webhook_delivery::Column::WebhookId.eq(webhook.id))
        .apply_if(outcome, |deliveries, outcome| deliveries.filter(outcome))
        .apply_if(parameters.cursor()?, |deliveries, after| {
            deliveries.filter(webhook_delivery::Column::StepId.gt(after))
        })
        .order_by_asc(webhook_delivery::Column::StepId)
        .offset(paging::offset(parameters.offset.as_ref())?)
        .limit(max + 1)
        .all(state.store.read())
        .await?;
    let more = paging::cut(&mut found, max);
    let url = format!("{}/v1/webhooks/{}/deliveries", state.public_url, webhook.id);
    let last = found.last().filter(|_| more);
    let link = last.and_then(|last| paging::next(&url, query.as_deref(), &last.step_id.to_string()));
    Ok((link, Json(Deliveries { items: found.into_iter().map(Delivery::from).collect() })))
}

const PENDING: &str = "pending";

/// The webhook that an address names, which need not be there or the client's own.
pub struct Named(Uuid);

impl Named {
    async fn find(&self, state: &ApiState, partner: Uuid) -> Result<webhook::Model, Refusal> {
        let found = webhook::Entity::find_by_id(self.0).filter(webhook::Column::PartnerId.eq(partner));
        Ok(found.one(state.store.read()).await?.ok_or(Fault::UnknownResource)?)
    }
}

impl FromRequestParts<ApiState> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let written = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::UnknownResource)?;
        Ok(Self(Uuid::try_parse(&written).map_err(|_| Fault::UnknownResource)?))
    }
}

async fn show(state: &ApiState, webhooks: Vec<webhook::Model>) -> Result<Vec<Webhook>, Refusal> {
    let events: Vec<webhook_event::Model> = webhooks::events(&state.store, &webhooks).await?;
    let of = |id| events.iter().filter(|told| told.webhook_id == id).map(|told| told.event.clone()).collect();
    let shown = webhooks.into_iter().map(|webhook| Webhook {
        id: webhook.id,
        events: of(webhook.id),
        url: webhook.url,
        created: iso8601::format(Timestamp(webhook.created_at)),
        failures: webhook.failures,
        secret: None,
    });
    Ok(shown.collect())
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
