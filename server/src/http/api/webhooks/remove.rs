//! `DELETE /v1/webhooks/{webhook}`

use axum::{extract::State, http::StatusCode};

use super::{ApiState, Client, Named, Refusal, Write, webhook::Webhook};
use crate::webhooks;

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
    Named { id, .. }: Named<Webhook>,
) -> Result<StatusCode, Refusal> {
    webhooks::remove(&state.store, &state.environment, (client.tenant, &client.actor), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
