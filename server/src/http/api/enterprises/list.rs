//! `GET /v1/broadworks/enterprises`

use axum::{Json, extract::State};
use domain::Fault;
use sea_orm::{
    ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _, Func},
};
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, Read, Refusal,
    enterprise::Enterprise,
    paging::{self, Asked, Length, Link},
};
use crate::{store::entity::customer, vendor_id::Kind};

/// The filters of the vendor's API.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// The enterprise's id
    sp_enterprise_id: Option<String>,
    /// How the enterprise's id begins
    starts_with: Option<String>,
}

impl paging::Filters for Filters {
    const LENGTH: Length = Length { usual: 100, most: 1_000 };
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
    params(Asked<Filters>),
    responses((status = 200, description = "A page of enterprises", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    asked: Asked<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let rows = customer::Entity::find()
        .filter(customer::Column::PartnerId.eq(client.partner))
        .filter(asked.filters.condition()?)
        .apply_if(asked.after(|cursor| Kind::Enterprise.uuid(cursor))?, |rows, after| {
            rows.filter(customer::Column::Id.gt(after))
        })
        .order_by_asc(customer::Column::Id);
    let (link, found) = asked.read(&state.store, rows, |last| Kind::Enterprise.encode(last.id)).await?;
    Ok((link, Json(Items { items: Enterprise::show_all(&state.store, client.tenant, found).await? })))
}

impl Filters {
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
        Ok(all)
    }
}

/// A text that a database takes: PostgreSQL refuses NUL, and no id holds a control character.
fn text<'a>(field: &'static str, written: &'a str) -> Result<&'a str, Refusal> {
    let fits = !written.contains(char::is_control);
    fits.then_some(written).ok_or_else(|| Refusal::parameter(field, Fault::InvalidParameter))
}
