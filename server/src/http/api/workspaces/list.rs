//! `GET /v1/broadworks/workspaces`: ours.

use axum::{Json, extract::State};
use domain::BroadWorksId;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, Client, PlacesRead, Refusal, filter,
    paging::{self, Asked, Link},
    workspace::WorkspaceStatus,
};
use crate::{provisioning::workspaces, store::entity::workspace, vendor_id::Kind};

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
    params(Asked<Filters>),
    responses((status = 200, description = "A page of workspaces", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<PlacesRead>,
    asked: Asked<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let rows = workspace::Entity::find()
        .filter(workspace::Column::PartnerId.eq(client.partner))
        .filter(asked.filters.condition(client.partner)?)
        .apply_if(asked.after(|cursor| Kind::Workspace.uuid(cursor))?, |rows, after| {
            rows.filter(workspace::Column::Id.gt(after))
        })
        .order_by_asc(workspace::Column::Id);
    let (link, found) = asked.read(&state.store, rows, |last| Kind::Workspace.encode(last.id)).await?;
    let sound = found.into_iter().filter(workspaces::is_sound).collect();
    Ok((link, Json(Items { items: WorkspaceStatus::show_all(&state.store, client.tenant, sound).await? })))
}

impl Filters {
    /// Every filter that is given, all of which have to fit.
    fn condition(&self, partner: Uuid) -> Result<Condition, Refusal> {
        use workspace::Column;
        let mut all = Condition::all();
        if let Some(written) = &self.user_id {
            let user_id = BroadWorksId::parse(written).map_err(|fault| Refusal::parameter("userId", fault))?;
            all = all.add(Column::UserIdKey.eq(user_id.key()));
        }
        if let Some(written) = &self.sp_enterprise_id {
            all = all.add(Expr::col(Column::CustomerId).eq(filter::customer(partner, written)?));
        }
        if let Some(written) = &self.status {
            all = all.add(Column::Status.is_in(filter::statuses(written)?));
        }
        Ok(all)
    }
}
