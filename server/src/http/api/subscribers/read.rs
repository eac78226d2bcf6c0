//! `GET /v1/broadworks/subscribers/{id}`

use axum::{Json, extract::State};
use domain::Fault;

use super::{ApiState, Client, Named, Read, Refusal, subscriber::Subscriber};
use crate::store::{self, Stored as _};

/// Shows a subscriber.
#[utoipa::path(
    get,
    path = "/v1/broadworks/subscribers/{id}",
    operation_id = "subscriber_read",
    tag = "Subscribers",
    params(("id" = String, Path, description = "The subscriber's id")),
    responses((status = 200, description = "The subscriber", body = Subscriber))
)]
pub async fn read(
    State(state): State<ApiState>,
    client: Client<Read>,
    Named { id, .. }: Named<Subscriber>,
) -> Result<Json<Subscriber>, Refusal> {
    let found = store::Subscriber::find(state.store.read(), client.tenant, id).await?.ok_or(Fault::UnknownResource)?;
    Ok(Json(Subscriber::show(&state.store, client.tenant, found).await?))
}
