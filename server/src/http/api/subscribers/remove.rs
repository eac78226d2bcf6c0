//! `DELETE /v1/broadworks/subscribers/{id}`

use axum::{extract::State, http::StatusCode};

use super::{ApiState, Client, Named, Refusal, Write, subscriber::Subscriber};
use crate::provisioning::update;

/// Removes a subscriber, and its account.
#[utoipa::path(
    delete,
    path = "/v1/broadworks/subscribers/{id}",
    operation_id = "subscriber_remove",
    tag = "Subscribers",
    params(("id" = String, Path, description = "The subscriber's id")),
    responses((status = 204, description = "Gone, or about to be"))
)]
pub async fn remove(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named { id, .. }: Named<Subscriber>,
) -> Result<StatusCode, Refusal> {
    let subscriber = (client.partner, id);
    update::remove(&state.store, &state.environment, subscriber, &client.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
