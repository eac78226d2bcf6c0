//! `GET /v1/webhooks`

use axum::{Json, extract::State};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _};
use serde::Serialize;
use uuid::Uuid;

use super::{
    ApiState, Client, Read, Refusal,
    paging::{Asked, Link, Nothing},
    webhook::Webhook,
};
use crate::store::entity::webhook;

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
    params(Asked<Nothing>),
    responses((status = 200, description = "A page of webhooks", body = Webhooks, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    asked: Asked<Nothing>,
) -> Result<(Link, Json<Webhooks>), Refusal> {
    let after = asked.after(|cursor| Uuid::try_parse(cursor).ok())?;
    let rows = webhook::Entity::find()
        .filter(webhook::Column::PartnerId.eq(client.partner))
        .apply_if(after, |webhooks, after| webhooks.filter(webhook::Column::Id.gt(after)))
        .order_by_asc(webhook::Column::Id);
    let (link, found) = asked.read(&state.store, rows, |last| last.id.to_string()).await?;
    Ok((link, Json(Webhooks { items: Webhook::show_all(&state, found).await? })))
}
