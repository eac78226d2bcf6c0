//! `GET /v1/broadworks/billing/reports`

use axum::{Json, extract::State};
use domain::{Fault, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    ApiState, BillingRead, Client, Refusal,
    paging::{self, Length, Link, PageRequest},
    report::Item,
};
use crate::{
    billing_period::BillingPeriod,
    iso8601,
    store::billing_report::{self, Filter, Order, Place},
};

/// The filters of the vendor's API, and its order.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
pub struct Filters {
    /// Made before: YYYY-MM, ISO 8601 or epoch milliseconds
    before: Option<String>,
    /// Made after: YYYY-MM, ISO 8601 or epoch milliseconds
    after: Option<String>,
    /// id, status or billingPeriod, which is usual
    sort_by: Option<String>,
}

/// The vendor's API has no pages here: who knows of none finds many years' reports in the first one.
impl paging::Filters for Filters {
    const LENGTH: Length = Length { usual: 1_000, most: 1_000 };
}

/// The vendor's schema `BillingReportsListResponse`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = BillingReportPage)]
pub struct Items {
    items: Vec<Item>,
}

/// Shows the client's reports, the latest first.
#[utoipa::path(
    get,
    path = "/v1/broadworks/billing/reports",
    operation_id = "billing_report_list",
    tag = "Billing reports",
    params(PageRequest<Filters>),
    responses((status = 200, description = "A page of reports", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<BillingRead>,
    request: PageRequest<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let order = order(request.filters.sort_by.as_deref())?;
    let filter = request.filters.read()?;
    let page = billing_report::page(state.store.read(), client.tenant, filter, order, request.window(place)?).await?;
    let next = page.next.map(|(period, id)| format!("{period}/{id}"));
    Ok((request.link(next), Json(Items { items: page.rows.into_iter().map(Item::from).collect() })))
}

/// All reports have one status: in its order they come by age.
fn order(written: Option<&str>) -> Result<Order, Refusal> {
    match written {
        None | Some("billingPeriod") => Ok(Order::Period),
        Some("id" | "status") => Ok(Order::Id),
        Some(_) => Err(invalid("sortBy")),
    }
}

impl Filters {
    fn read(&self) -> Result<Filter, Refusal> {
        let read = |field, written: &Option<String>| {
            written.as_deref().map(|written| moment(written).ok_or_else(|| invalid(field))).transpose()
        };
        Ok(Filter { before: read("before", &self.before)?, after: read("after", &self.after)? })
    }
}

/// A month stands for its first moment.
fn moment(written: &str) -> Option<Timestamp> {
    let month = BillingPeriod::parse(written).ok();
    month.map(|month| month.window().from).or_else(|| iso8601::parse(written))
}

/// The last report of the page before.
fn place(cursor: &str) -> Option<Place> {
    let (period, id) = cursor.split_once('/')?;
    Some((BillingPeriod::parse(period).ok()?.as_str().to_owned(), id.parse().ok()?))
}

fn invalid(field: &'static str) -> Refusal {
    Refusal::parameter(field, Fault::InvalidParameter)
}
