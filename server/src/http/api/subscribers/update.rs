//! `PUT /v1/broadworks/subscribers/{id}`

use axum::{Json, extract::State};

use super::{ApiState, Client, Named, Object, Refusal, Write, subscriber::Subscriber};
use crate::provisioning::update;

/// Changes a subscriber's package, names and numbers; the account follows while the status is `updating`.
pub async fn update(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named(id): Named,
    body: Object,
) -> Result<Json<Subscriber>, Refusal> {
    let subscriber = (client.partner, id);
    let updated = update::update(&state.store, &state.environment, subscriber, &body.draft(), &client.actor).await?;
    Ok(Json(Subscriber::show(&state.store, updated).await?))
}
