//! `POST /v1/broadworks/subscribers/{id}/retry`: ours, for the vendor's API has nothing that does what the Retry
//! Activation popup does.

use axum::{Json, extract::State};
use domain::EmailAddress;

use super::{ApiState, Client, Named, Object, Refusal, Write, schema, subscriber::Subscriber};
use crate::provisioning::update;

/// Tries again to provision a subscriber: with the address in `email`, for which the client vouches, or without one the
/// failed attempt as it was.
#[utoipa::path(
    post,
    path = "/v1/broadworks/subscribers/{id}/retry",
    operation_id = "subscriber_retry",
    tag = "Subscribers (ours)",
    params(("id" = String, Path, description = "The subscriber's id")),
    request_body = Option<schema::Retry>,
    responses((status = 200, description = "The subscriber", body = Subscriber))
)]
pub async fn retry(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named { id, .. }: Named<Subscriber>,
    body: Option<Object>,
) -> Result<Json<Subscriber>, Refusal> {
    let email = match &body {
        Some(body) => body.optional_text("email")?.map(EmailAddress::pasted).transpose(),
        None => Ok(None),
    };
    let email = email.map_err(|fault| Refusal::parameter("email", fault))?;
    let subscriber = (client.tenant, id);
    let retried = update::retry(&state.store, &state.environment, subscriber, email, &client.actor).await?;
    Ok(Json(Subscriber::show(&state.store, client.tenant, retried).await?))
}
