//! `PUT /v1/broadworks/subscribers/{id}`

use axum::{Json, extract::State};

use super::{ApiState, Client, Named, Object, Refusal, Write, schema, subscriber::Subscriber};
use crate::provisioning::update;

/// Changes a subscriber's package, names and numbers; the account follows while the status is `updating`.
#[utoipa::path(
    put,
    path = "/v1/broadworks/subscribers/{id}",
    operation_id = "subscriber_update",
    tag = "Subscribers",
    params(("id" = String, Path, description = "The subscriber's id")),
    request_body = schema::Changes,
    responses((status = 200, description = "The subscriber as it was, with its new status", body = Subscriber))
)]
pub async fn update(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named { id, .. }: Named<Subscriber>,
    body: Object,
) -> Result<Json<Subscriber>, Refusal> {
    let subscriber = (client.tenant, id);
    let updated = update::update(&state.store, &state.environment, subscriber, &body.draft(), &client.actor).await?;
    Ok(Json(Subscriber::show(&state.store, client.tenant, updated).await?))
}
