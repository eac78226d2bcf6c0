//! `DELETE /v1/broadworks/subscribers/{id}`

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use super::{ApiState, Client, Named, Query, Refusal, Write, query::flag, subscriber::Subscriber};
use crate::provisioning::{
    admission::Comeback,
    update::{self, Removal},
};

/// By which an answer says that a deletion waits.
const DELETION: &str = "deletion";

/// What may be said of a removal.
#[derive(Deserialize)]
pub struct Parameters {
    forbid: Option<String>,
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
    responses((
        status = 204,
        description = "Gone, or about to be",
        headers(("Deletion" = String, description = "Ours: `waits-for-approval` if very many were to be deleted"))
    ))
)]
pub async fn remove(
    State(state): State<ApiState>,
    client: Client<Write>,
    Named { id, .. }: Named<Subscriber>,
    Query(Parameters { forbid }): Query<Parameters>,
) -> Result<Response, Refusal> {
    let comeback = if flag("forbid", forbid.as_deref())? { Comeback::Forbidden } else { Comeback::Allowed };
    let subscriber = (client.tenant, id);
    let removal = update::remove(&state.store, &state.environment, subscriber, &client.actor, comeback).await?;
    Ok(removed(removal))
}

/// Accepted, as the contract has it; and whether it waits until somebody approves it.
pub fn removed(removal: Removal) -> Response {
    match removal {
        Removal::Begun => StatusCode::NO_CONTENT.into_response(),
        Removal::Waits => (StatusCode::NO_CONTENT, [(DELETION, "waits-for-approval")]).into_response(),
    }
}
