//! `GET /v1/broadworks/workspaces`: ours.

use axum::{Json, extract::State};
use domain::BroadWorksId;
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, PlacesRead, Refusal, filter,
    paging::{self, Link, PageRequest},
    workspace::WorkspaceStatus,
};
use crate::{store::workspace, vendor_id::Kind};

/// The filters, named as those of subscribers are.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// The BroadWorks user id
    user_id: Option<String>,
    /// The customer's id
    sp_enterprise_id: Option<String>,
    /// One or more, separated by commas
    status: Option<String>,
}

impl paging::Filters for Filters {}

/// A page of workspaces.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = WorkspacePage)]
pub struct Items {
    items: Vec<WorkspaceStatus>,
}

/// Shows the client's workspaces, the first first.
#[utoipa::path(
    get,
    path = "/v1/broadworks/workspaces",
    operation_id = "workspace_list",
    tag = "Workspaces (ours)",
    params(PageRequest<Filters>),
    responses((status = 200, description = "A page of workspaces", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<PlacesRead>,
    request: PageRequest<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let window = request.window(|cursor| Kind::Workspace.own(cursor))?;
    let found = workspace::page(state.store.read(), client.tenant, &request.filters.read()?, window).await?;
    let link = request.link(found.next.map(|last| Kind::Workspace.encode(last)));
    Ok((link, Json(Items { items: WorkspaceStatus::show_all(&state.store, client.tenant, found.rows).await? })))
}

impl Filters {
    /// Every filter that is given, all of which have to fit.
    fn read(&self) -> Result<workspace::Filter, Refusal> {
        let user_id =
            |written: &String| BroadWorksId::parse(written).map_err(|fault| Refusal::parameter("userId", fault));
        Ok(workspace::Filter {
            user_id: self.user_id.as_ref().map(user_id).transpose()?,
            sp_enterprise_id: self.sp_enterprise_id.as_deref().map(filter::customer).transpose()?,
            statuses: self.status.as_deref().map(filter::statuses).transpose()?,
        })
    }
}
