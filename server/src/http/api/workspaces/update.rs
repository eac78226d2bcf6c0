//! `PUT /v1/broadworks/workspaces/{id}`

use axum::{Json, extract::State};
use domain::{BroadWorksId, Fault, Field, phone};

use super::{ApiState, Client, Named, Object, PlacesWrite, Refusal, reading::Reading, schema, workspace::Workspace};
use crate::{
    provisioning::workspaces::{self, Changes},
    store::{self, Stored as _},
};

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
    let workspace = (client.tenant, id);
    let mut reading = Reading::of(&body);
    if Workspace::FIXED.iter().any(|name| body.has(name)) {
        let there =
            store::Workspace::find(state.store.read(), client.tenant, id).await?.ok_or(Fault::UnknownResource)?;
        for (name, value) in Workspace::show(&state.store, client.tenant, there).await?.fixed() {
            let is_same = |text: &str| text.trim_end_matches('=') == value.trim_end_matches('=');
            reading.member(name, |text| if is_same(text) { Ok(()) } else { Err(Fault::Fixed) });
        }
    }
    let changes = Changes {
        user_id: reading.member("userId", BroadWorksId::parse),
        primary_phone: reading.clearable(Field::PrimaryPhone, phone::number),
        extension: reading.clearable(Field::Extension, phone::extension),
    };
    let changes = reading.end(Some(changes))?;
    let updated = workspaces::update(&state.store, &state.environment, workspace, changes, &client.actor).await?;
    Ok(Json(Workspace::show(&state.store, client.tenant, updated).await?))
}
