//! `GET /v1/webhooks`

use axum::{Json, extract::State};
use serde::Serialize;

use super::{
    ApiState, Client, Read, Refusal,
    paging::{Link, Nothing, PageRequest},
    webhook::Webhook,
};
use crate::store::webhook;

/// The client's webhooks.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WebhookPage)]
pub struct Webhooks {
    items: Vec<Webhook>,
}

/// Shows the client's webhooks.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    operation_id = "webhook_list",
    tag = "Webhooks (ours)",
    params(PageRequest<Nothing>),
    responses((status = 200, description = "A page of webhooks", body = Webhooks, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    request: PageRequest<Nothing>,
) -> Result<(Link, Json<Webhooks>), Refusal> {
    let window = request.window(|cursor| cursor.parse().ok())?;
    let page = webhook::page(state.store.read(), client.tenant, window).await?;
    let link = request.link(page.next.map(|last| last.to_string()));
    Ok((link, Json(Webhooks { items: Webhook::show_all(&state, client.tenant, page.rows).await? })))
}
