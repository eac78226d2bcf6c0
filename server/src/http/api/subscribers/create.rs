//! `POST /v1/broadworks/subscribers`

use axum::{Json, extract::State};

use super::{ApiState, Client, Object, Refusal, Write, schema, subscriber::Subscriber};
use crate::provisioning::arrival;

/// Provisions a BroadWorks subscriber: durably accepted once this returns.
#[utoipa::path(
    post,
    path = "/v1/broadworks/subscribers",
    operation_id = "subscriber_create",
    tag = "Subscribers",
    request_body = schema::NewSubscriber,
    responses((status = 200, description = "Durably accepted", body = Subscriber))
)]
pub async fn create(
    State(state): State<ApiState>,
    client: Client<Write>,
    body: Object,
) -> Result<Json<Subscriber>, Refusal> {
    let draft = body.draft();
    let created = arrival::accept(&state.store, &state.environment, client.tenant, &draft, &client.actor).await?;
    Ok(Json(Subscriber::show(&state.store, client.tenant, created).await?))
}
