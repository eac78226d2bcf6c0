//! `GET /v1/broadworks/enterprises`

use axum::{
    Json,
    extract::{Query, RawQuery, State, rejection::QueryRejection},
};
use domain::Fault;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, Func},
};
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, Read, Refusal,
    enterprise::Enterprise,
    id::{self, Kind},
    paging::{self, Link},
};
use crate::store::entity::customer;

/// The parameters of the vendor's API, the `offset` that real scripts send besides, and our own `cursor`, which only
/// our links to the next page carry.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Parameters {
    sp_enterprise_id: Option<String>,
    starts_with: Option<String>,
    max: Option<String>,
    offset: Option<String>,
    cursor: Option<String>,
}

/// The vendor's example of `EnterpriseListResponse`; its schema forgets the list.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = EnterprisePage)]
pub struct Items {
    items: Vec<Enterprise>,
}

/// Shows the client's enterprises, the oldest first.
#[utoipa::path(
    get,
    path = "/v1/broadworks/enterprises",
    operation_id = "enterprise_list",
    tag = "Enterprises",
    params(
        ("spEnterpriseId" = Option<String>, Query, description = "The enterprise's id"),
        ("startsWith" = Option<String>, Query, description = "How the enterprise's id begins"),
        ("max" = Option<u64>, Query, minimum = 1, maximum = 1000, description = "Items to a page, 100 unless told otherwise"),
        ("offset" = Option<u32>, Query, description = "Items to leave out; the link to the next page does without"),
        ("cursor" = Option<String>, Query, description = "Only from the link to the next page")
    ),
    responses((status = 200, description = "A page of enterprises", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    RawQuery(query): RawQuery,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<(Link, Json<Items>), Refusal> {
    let Query(parameters) = parameters.map_err(|_| Fault::InvalidParameter)?;
    let max = paging::ENTERPRISES.max(parameters.max.as_ref())?;
    let mut found = customer::Entity::find()
        .filter(customer::Column::PartnerId.eq(client.partner))
        .filter(parameters.condition()?)
        .order_by_asc(customer::Column::Id)
        .offset(paging::offset(parameters.offset.as_ref())?)
        .limit(max + 1)
        .all(state.store.read())
        .await?;
    let more = paging::cut(&mut found, max);
    let url = format!("{}/v1/broadworks/enterprises", state.public_url);
    let last = found.last().filter(|_| more).map(|last| Kind::Enterprise.encode(last.id));
    let link = last.and_then(|last| paging::next(&url, query.as_deref(), &last));
    Ok((link, Json(Items { items: Enterprise::show_all(&state.store, found).await? })))
}

impl Parameters {
    /// Every filter that is given, all of which have to fit.
    fn condition(&self) -> Result<Condition, Refusal> {
        use customer::Column;
        let mut all = Condition::all();
        if let Some(written) = &self.sp_enterprise_id {
            all = all.add(Column::SpEnterpriseId.eq(text("spEnterpriseId", written)?.trim()));
        }
        if let Some(start) = &self.starts_with {
            // LIKE compares without case on SQLite and with it on PostgreSQL.
            let length = i32::try_from(start.chars().count()).unwrap_or(i32::MAX);
            let beginning =
                Func::cust("substr").args([Expr::col(Column::SpEnterpriseId), Expr::value(1), Expr::value(length)]);
            all = all.add(Expr::expr(beginning).eq(text("startsWith", start)?));
        }
        if let Some(written) = &self.cursor {
            let last = id::enterprise(written);
            all = all.add(Column::Id.gt(last.ok_or(Refusal::parameter("cursor", Fault::InvalidParameter))?));
        }
        Ok(all)
    }
}

/// A text that a database takes: PostgreSQL refuses NUL, and no id holds a control character.
fn text<'a>(field: &'static str, written: &'a str) -> Result<&'a str, Refusal> {
    let fits = !written.contains(char::is_control);
    fits.then_some(written).ok_or_else(|| Refusal::parameter(field, Fault::InvalidParameter))
}
