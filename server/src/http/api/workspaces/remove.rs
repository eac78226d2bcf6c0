//! `DELETE /v1/broadworks/workspaces/{id}`

use axum::{extract::State, http::StatusCode};

use super::{ApiState, Client, Named, PlacesWrite, Refusal, workspace::Workspace};
use crate::provisioning::workspaces;

/// Removes a workspace, here and at the target.
#[utoipa::path(
    delete,
    path = "/v1/broadworks/workspaces/{id}",
    operation_id = "workspace_remove",
    tag = "Workspaces",
    params(("id" = String, Path, description = "The workspace's id")),
    responses((status = 204, description = "About to be gone"))
)]
pub async fn remove(
    State(state): State<ApiState>,
    client: Client<PlacesWrite>,
    Named { id, .. }: Named<Workspace>,
) -> Result<StatusCode, Refusal> {
    workspaces::remove(&state.store, &state.environment, (client.tenant, id), &client.actor).await?;
    Ok(StatusCode::NO_CONTENT)
}
