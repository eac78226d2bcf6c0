//! `PUT /v1/broadworks/workspaces/{id}`

use axum::{Json, extract::State};
use domain::{BroadWorksId, Field, phone};

use super::{ApiState, Client, Named, Object, PlacesWrite, Refusal, reading::Reading, schema, workspace::Workspace};
use crate::provisioning::workspaces::{self, Changes};

/// Changes a workspace's BroadWorks id and numbers; the target follows. What failed before is tried again.
#[utoipa::path(
    put,
    path = "/v1/broadworks/workspaces/{id}",
    operation_id = "workspace_update",
    tag = "Workspaces",
    params(("id" = String, Path, description = "The workspace's id")),
    request_body = schema::WorkspaceChanges,
    responses((status = 200, description = "The workspace as it will be", body = Workspace))
)]
pub async fn update(
    State(state): State<ApiState>,
    client: Client<PlacesWrite>,
    Named { id, .. }: Named<Workspace>,
    body: Object,
) -> Result<Json<Workspace>, Refusal> {
    let mut reading = Reading::of(&body);
    let changes = Changes {
        user_id: reading.member("userId", BroadWorksId::parse),
        primary_phone: reading.clearable(Field::PrimaryPhone, phone::number),
        extension: reading.clearable(Field::Extension, phone::extension),
    };
    let changes = reading.end(Some(changes))?;
    let workspace = (client.tenant, id);
    let updated = workspaces::update(&state.store, &state.environment, workspace, changes, &client.actor).await?;
    Ok(Json(Workspace::show(&state.store, client.tenant, updated).await?))
}
