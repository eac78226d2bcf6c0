//! `GET /v1/broadworks/enterprises`

use axum::{Json, extract::State};
use domain::Fault;
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, Read, Refusal,
    enterprise::Enterprise,
    paging::{self, Length, Link, PageRequest},
};
use crate::{store::customer, vendor_id::Kind};

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
    params(PageRequest<Filters>),
    responses((status = 200, description = "A page of enterprises", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<Read>,
    request: PageRequest<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let window = request.window(|cursor| Kind::Enterprise.own(cursor))?;
    let found = customer::page(state.store.read(), client.tenant, &request.filters.read()?, window).await?;
    let link = request.link(found.next.map(|last| Kind::Enterprise.encode(last)));
    Ok((link, Json(Items { items: Enterprise::show_all(&state.store, client.tenant, found.rows).await? })))
}

impl Filters {
    /// Every filter that is given, all of which have to fit.
    fn read(&self) -> Result<customer::Filter, Refusal> {
        let id = self.sp_enterprise_id.as_deref().map(|written| text("spEnterpriseId", written)).transpose()?;
        let beginning = self.starts_with.as_deref().map(|written| text("startsWith", written)).transpose()?;
        Ok(customer::Filter {
            sp_enterprise_id: id.map(|id| id.trim().to_owned()),
            beginning: beginning.map(str::to_owned),
            tags: Vec::new(),
        })
    }
}

/// A text that a database takes: PostgreSQL refuses NUL, and no id holds a control character.
fn text<'a>(field: &'static str, written: &'a str) -> Result<&'a str, Refusal> {
    let fits = !written.contains(char::is_control);
    fits.then_some(written).ok_or_else(|| Refusal::parameter(field, Fault::InvalidParameter))
}
