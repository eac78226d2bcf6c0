//! `POST /v1/subscribers/{id}/emails/consentMove`: the one address of the vendor's API without `/broadworks`.

use axum::{extract::State, http::StatusCode};

use super::{ApiState, Client, Named, Refusal, Write, subscriber::Subscriber};
use crate::provisioning::update;

/// Has the owner of an existing free account asked again to agree to the move.
#[utoipa::path(
    post,
    path = "/v1/subscribers/{id}/emails/consentMove",
    operation_id = "subscriber_consent_move",
    tag = "Subscribers",
    params(("id" = String, Path, description = "The subscriber's id")),
    responses((status = 204, description = "The owner is being asked"))
)]
pub async fn consent_move(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named { id, .. }: Named<Subscriber>,
) -> Result<StatusCode, Refusal> {
    let subscriber = (client.tenant, id);
    update::request_consent(&state.store, &state.environment, subscriber, &client.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
