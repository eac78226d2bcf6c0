//! `POST /v1/webhooks`

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header::LOCATION},
};
use domain::Fault;

use super::{ApiState, Client, Object, Refusal, Write, schema, webhook::Webhook};
use crate::webhooks::{self, Event, Secret};

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
    let url = state.webhooks.address(body.text("url")?).map_err(|fault| Refusal::parameter("url", fault))?;
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
    let by = (client.tenant, &client.actor);
    let added = webhooks::add(&state.store, &state.environment, by, &url, (&secret, &state.code_keys), &events).await?;
    let location = format!("{}/v1/webhooks/{}", state.public_url, added.id);
    let mut shown = Webhook::show(&state, client.tenant, added).await?;
    shown.secret = Some(secret.as_str().to_owned());
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(shown)))
}
