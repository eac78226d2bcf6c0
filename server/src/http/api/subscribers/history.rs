//! `GET /v1/broadworks/subscribers/{id}/history`: ours.

use axum::{Json, extract::State};
use domain::{Fault, Status};
use serde::Serialize;

use super::{
    ApiState, Client, Named, Read, Refusal,
    error::Error,
    paging::{Link, Nothing, PageRequest},
    subscriber::Subscriber,
};
use crate::{iso8601, store::history};

/// A page of a history.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = HistoryPage)]
pub struct Steps {
    items: Vec<Step>,
}

/// One step in a subscriber's life.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = HistoryStep)]
struct Step {
    id: String,
    /// When it happened.
    at: String,
    /// What happened: `arrived`, `address_entered`, `attempt_failed`, …
    event: &'static str,
    /// Who did it: `user`, `engine`, `import`, `operator`; `admin:`, `api:` or, of BroadWorks, `adapter:` with an id.
    actor: String,
    /// The status after it; none when the subscriber is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error>,
}

/// Shows what happened to a subscriber, the first step first; also of one who is gone.
#[utoipa::path(
    get,
    path = "/v1/broadworks/subscribers/{id}/history",
    operation_id = "subscriber_history",
    tag = "Subscribers (ours)",
    params(("id" = String, Path, description = "The subscriber's id"), PageRequest<Nothing>),
    responses((status = 200, description = "A page of steps", body = Steps, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn history(
    State(state): State<ApiState>,
    client: Client<Read>,
    Named { id, .. }: Named<Subscriber>,
    request: PageRequest<Nothing>,
) -> Result<(Link, Json<Steps>), Refusal> {
    let window = request.window(|cursor| cursor.parse().ok())?;
    let found = history::page(state.store.read(), client.tenant, id, window).await?;
    let link = request.link(found.next.map(|last| last.to_string()));
    if found.rows.is_empty() && request.is_first() {
        return Err(Fault::UnknownResource.into());
    }
    Ok((link, Json(Steps { items: found.rows.into_iter().map(Step::from).collect() })))
}

impl From<history::Taken> for Step {
    fn from(row: history::Taken) -> Self {
        Self {
            id: row.id.to_string(),
            at: iso8601::format(row.at),
            event: row.event.as_str(),
            actor: row.actor.to_string(),
            status: row.status.map(Status::as_str),
            error: row.fault.map(|fault| (fault, row.detail.as_deref()).into()),
        }
    }
}
