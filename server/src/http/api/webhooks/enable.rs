//! `POST /v1/webhooks/{webhook}/enable`

use axum::{Json, extract::State};

use super::{ApiState, Client, Named, Refusal, Write, webhook::Webhook};
use crate::webhooks;

/// Has a webhook that was disabled told again, from now on. One that is told already stays as it is.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{webhook}/enable",
    operation_id = "webhook_enable",
    tag = "Webhooks (ours)",
    params(("webhook" = uuid::Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook))
)]
pub async fn enable(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named { id, .. }: Named<Webhook>,
) -> Result<Json<Webhook>, Refusal> {
    let by = (client.tenant, &client.actor);
    let enabled = webhooks::enable(&state.store, &state.environment, by, id).await?;
    Ok(Json(Webhook::show(&state, client.tenant, enabled).await?))
}
