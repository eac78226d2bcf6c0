//! `/v1/broadworks/enterprises/{id}/broadworksDirectorySync`

use axum::{Extension, Json, extract::State};
use domain::{BroadWorksId, Fault};
use serde::Serialize;

use super::{
    ApiState, Client, Named, Object, Read, Refusal, Write,
    enterprise::{DirectorySync, Enterprise},
    schema,
    tracking::TrackingId,
};
use crate::{
    directory_sync::{self, Operation},
    log::SECURITY,
    store::{directory_sync as syncs, external_user::ExternalUser},
};

/// The only value of `syncStatus` that a client may send.
pub const NOW: &str = "SYNC_NOW";

/// Shows how the sync stands.
#[utoipa::path(
    get,
    path = "/v1/broadworks/enterprises/{id}/broadworksDirectorySync",
    operation_id = "directory_sync_read",
    tag = "Enterprises",
    params(("id" = String, Path, description = "The enterprise's id")),
    responses((status = 200, description = "How it stands", body = DirectorySync))
)]
pub async fn read(
    State(state): State<ApiState>,
    client: Client<Read>,
    enterprise: Named<Enterprise>,
) -> Result<Json<DirectorySync>, Refusal> {
    let customer = enterprise.find(&state.store, client.tenant).await?;
    let sync = syncs::find(state.store.read(), &customer).await?;
    Ok(Json(DirectorySync::whole(sync)))
}

/// Switches it on or off.
#[utoipa::path(
    put,
    path = "/v1/broadworks/enterprises/{id}/broadworksDirectorySync",
    operation_id = "directory_sync_switch",
    tag = "Enterprises",
    params(("id" = String, Path, description = "The enterprise's id")),
    request_body = schema::Switch,
    responses((status = 200, description = "Whether it is on", body = DirectorySync))
)]
pub async fn switch(
    State(state): State<ApiState>,
    client: Client<Write>,
    enterprise: Named<Enterprise>,
    body: Object,
) -> Result<Json<DirectorySync>, Refusal> {
    let on = body.flag("enableDirSync")?;
    let customer = enterprise.find(&state.store, client.tenant).await?;
    let sync = if on {
        Some(directory_sync::switch_on(&state.store, &state.environment, &customer, &client.actor).await?)
    } else {
        directory_sync::switch_off(&state.store, &state.environment, &customer, &client.actor).await?;
        None
    };
    let (token, customer) = (client.token, customer.id);
    tracing::info!(target: SECURITY, event = "directory_sync_switched", %token, %customer, on);
    Ok(Json(DirectorySync::brief(sync.as_ref())))
}

/// Starts it.
#[utoipa::path(
    post,
    path = "/v1/broadworks/enterprises/{id}/broadworksDirectorySync",
    operation_id = "directory_sync_start",
    tag = "Enterprises",
    params(("id" = String, Path, description = "The enterprise's id")),
    request_body = schema::Start,
    responses((status = 200, description = "It begins", body = DirectorySync))
)]
pub async fn start(
    State(state): State<ApiState>,
    client: Client<Write>,
    Extension(TrackingId(tracking_id)): Extension<TrackingId>,
    enterprise: Named<Enterprise>,
    body: Object,
) -> Result<Json<DirectorySync>, Refusal> {
    if body.text("syncStatus")? != NOW {
        return Err(Refusal::parameter("syncStatus", Fault::InvalidParameter));
    }
    let customer = enterprise.find(&state.store, client.tenant).await?;
    let whose = (&customer, &client.actor);
    let sync = directory_sync::start(&state.store, &state.environment, whose, tracking_id).await?;
    Ok(Json(DirectorySync::brief(Some(&sync))))
}

/// The vendor's schema `TriggerUserDirectorySyncResponse`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SyncedUser {
    user_response: User,
    status: &'static str,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectoryUser)]
struct User {
    user_id: String,
    first_name: String,
    last_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile: Option<String>,
}

/// Syncs one user, and returns what was done.
#[utoipa::path(
    post,
    path = "/v1/broadworks/enterprises/{id}/broadworksDirectorySync/externalUser",
    operation_id = "directory_sync_user",
    tag = "Enterprises",
    params(("id" = String, Path, description = "The enterprise's id")),
    request_body = schema::OneUser,
    responses((status = 200, description = "What was done", body = SyncedUser))
)]
pub async fn user(
    State(state): State<ApiState>,
    client: Client<Write>,
    enterprise: Named<Enterprise>,
    body: Object,
) -> Result<Json<SyncedUser>, Refusal> {
    let user_id = BroadWorksId::parse(body.text("userId")?).map_err(|fault| Refusal::parameter("userId", fault))?;
    let customer = enterprise.find(&state.store, client.tenant).await?;
    let synced = directory_sync::sync_user(&state.store, &state.directories, &customer, &user_id).await?;
    Ok(Json(synced.into()))
}

impl From<(ExternalUser, Operation)> for SyncedUser {
    fn from((user, operation): (ExternalUser, Operation)) -> Self {
        let status = match operation {
            Operation::Add => "ADD",
            Operation::Update => "UPDATE",
            Operation::Delete => "DELETE",
            Operation::Nothing => "NO_OPERATION",
        };
        let user_response = User {
            user_id: user.user_id.into(),
            first_name: user.first_name,
            last_name: user.last_name,
            extension: user.extension,
            number: user.phone,
            mobile: user.mobile_phone,
        };
        Self { user_response, status }
    }
}
