//! `GET /v1/webhooks/{webhook}`

use axum::{Json, extract::State};

use super::{ApiState, Client, Named, Read, Refusal, webhook::Webhook};

/// Shows a webhook.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{webhook}",
    operation_id = "webhook_read",
    tag = "Webhooks (ours)",
    params(("webhook" = uuid::Uuid, Path, description = "The webhook's id")),
    responses((status = 200, description = "The webhook", body = Webhook))
)]
pub async fn read(
    State(state): State<ApiState>,
    client: Client<Read>,
    named: Named<Webhook>,
) -> Result<Json<Webhook>, Refusal> {
    let found = named.find(&state, client.tenant).await?;
    Ok(Json(Webhook::show(&state, client.tenant, found).await?))
}
