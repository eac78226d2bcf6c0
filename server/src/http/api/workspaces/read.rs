//! `GET /v1/broadworks/workspaces/{id}`: ours.

use axum::{Json, extract::State};
use domain::Fault;

use super::{
    ApiState, Client, Named, PlacesRead, Refusal,
    workspace::{Workspace, WorkspaceStatus},
};
use crate::store::{self, Stored as _};

/// Shows a workspace and how it stands.
#[utoipa::path(
    get,
    path = "/v1/broadworks/workspaces/{id}",
    operation_id = "workspace_read",
    tag = "Workspaces (ours)",
    params(("id" = String, Path, description = "The workspace's id")),
    responses((status = 200, description = "The workspace", body = WorkspaceStatus))
)]
pub async fn read(
    State(state): State<ApiState>,
    client: Client<PlacesRead>,
    Named { id, .. }: Named<Workspace>,
) -> Result<Json<WorkspaceStatus>, Refusal> {
    let found = store::Workspace::find(state.store.read(), client.tenant, id).await?.ok_or(Fault::UnknownResource)?;
    let mut shown = WorkspaceStatus::show_all(&state.store, client.tenant, vec![found]).await?;
    Ok(Json(shown.pop().ok_or(Fault::UnknownResource)?))
}
