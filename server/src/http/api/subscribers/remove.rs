//! `DELETE /v1/broadworks/subscribers/{id}`

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::StatusCode,
};
use domain::Fault;
use serde::Deserialize;

use super::{ApiState, Client, Named, Refusal, Write, subscriber::Subscriber};
use crate::provisioning::{admission::Comeback, update};

/// What may be said of a removal.
#[derive(Deserialize)]
pub struct Parameters {
    #[serde(default)]
    forbid: bool,
}

/// Removes a subscriber, and its account. The user may onboard again by the share link unless `forbid` says otherwise.
#[utoipa::path(
    delete,
    path = "/v1/broadworks/subscribers/{id}",
    operation_id = "subscriber_remove",
    tag = "Subscribers",
    params(
        ("id" = String, Path, description = "The subscriber's id"),
        ("forbid" = Option<bool>, Query, description = "Ours: the user may not onboard again until added again")
    ),
    responses((status = 204, description = "Gone, or about to be"))
)]
pub async fn remove(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named { id, .. }: Named<Subscriber>,
    wanted: Result<Query<Parameters>, QueryRejection>,
) -> Result<StatusCode, Refusal> {
    let Query(Parameters { forbid }) = wanted.map_err(|_| Fault::InvalidParameter)?;
    let comeback = if forbid { Comeback::Forbidden } else { Comeback::Allowed };
    let subscriber = (client.tenant, id);
    update::remove(&state.store, &state.environment, subscriber, &client.actor, comeback).await?;
    Ok(StatusCode::NO_CONTENT)
}
