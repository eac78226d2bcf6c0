//! `GET /v1/broadworks/billing/reports`

use axum::{
    Json,
    extract::{Query, RawQuery, State, rejection::QueryRejection},
};
use domain::{Fault, Timestamp};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, BillingRead, Client, Refusal,
    paging::{self, Link},
    report::Item,
};
use crate::{billing::BillingPeriod, iso8601, store::entity::billing_report};

/// The parameters of the vendor's API, and ours, with which lists come in pages.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Parameters {
    before: Option<String>,
    after: Option<String>,
    sort_by: Option<String>,
    max: Option<String>,
    offset: Option<String>,
    cursor: Option<String>,
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
    params(("before" = Option<String>, Query, description = "Made before: YYYY-MM, ISO 8601 or epoch milliseconds"), ("after" = Option<String>, Query, description = "Made after: YYYY-MM, ISO 8601 or epoch milliseconds"), ("sortBy" = Option<String>, Query, description = "id, status or billingPeriod, which is usual"), ("max" = Option<u64>, Query, minimum = 1, maximum = 1000, description = "Items to a page, 1000 unless told otherwise"), ("offset" = Option<u32>, Query, description = "Items to leave out; the link to the next page does without"), ("cursor" = Option<String>, Query, description = "Only from the link to the next page")),
    responses((status = 200, description = "A page of reports", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<BillingRead>,
    RawQuery(query): RawQuery,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<(Link, Json<Items>), Refusal> {
    let Query(parameters) = parameters.map_err(|_| Fault::InvalidParameter)?;
    let max = paging::BILLING_REPORTS.max(parameters.max.as_ref())?;
    let order = Order::parse(parameters.sort_by.as_deref())?;
    let reports = billing_report::Entity::find()
        .filter(billing_report::Column::PartnerId.eq(client.partner))
        .filter(parameters.condition(order)?);
    let reports = match order {
        Order::Period => reports.order_by_desc(billing_report::Column::Period),
        Order::Id => reports,
    };
    let mut found = reports
        .order_by_desc(billing_report::Column::Id)
        .offset(paging::offset(parameters.offset.as_ref())?)
        .limit(max + 1)
        .all(state.store.read())
        .await?;
    let more = paging::cut(&mut found, max);
    let url = format!("{}/v1/broadworks/billing/reports", state.public_url);
    let last = found.last().filter(|_| more);
    let link = last.and_then(|last| paging::next(&url, query.as_deref(), &format!("{}/{}", last.period, last.id)));
    Ok((link, Json(Items { items: found.into_iter().map(Item::from).collect() })))
}

/// In which order a list comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    /// By month, and those of one month by age.
    Period,
    /// By age. So are those of one status, for there is no other.
    Id,
}

impl Order {
    fn parse(written: Option<&str>) -> Result<Self, Refusal> {
        match written {
            None | Some("billingPeriod") => Ok(Self::Period),
            Some("id" | "status") => Ok(Self::Id),
            Some(_) => Err(invalid("sortBy")),
        }
    }
}

impl Parameters {
    /// Every filter that is given, all of which have to fit.
    fn condition(&self, order: Order) -> Result<Condition, Refusal> {
        use billing_report::Column;
        let mut all = Condition::all();
        if let Some(before) = &self.before {
            all = all.add(Column::CreatedAt.lt(moment(before).ok_or_else(|| invalid("before"))?.0));
        }
        if let Some(after) = &self.after {
            all = all.add(Column::CreatedAt.gt(moment(after).ok_or_else(|| invalid("after"))?.0));
        }
        if let Some(cursor) = &self.cursor {
            let (period, id) = last(cursor).ok_or_else(|| invalid("cursor"))?;
            let earlier_id = Column::Id.lt(id);
            all = all.add(match order {
                Order::Id => Condition::all().add(earlier_id),
                Order::Period => Condition::any()
                    .add(Column::Period.lt(period.as_str()))
                    .add(Condition::all().add(Column::Period.eq(period.as_str())).add(earlier_id)),
            });
        }
        Ok(all)
    }
}

/// A month stands for its first moment.
fn moment(written: &str) -> Option<Timestamp> {
    let month = BillingPeriod::parse(written).ok();
    month.map(|month| month.window().from).or_else(|| iso8601::parse(written))
}

/// The last report of the page before.
fn last(cursor: &str) -> Option<(BillingPeriod, Uuid)> {
    let (period, id) = cursor.split_once('/')?;
    Some((BillingPeriod::parse(period).ok()?, Uuid::try_parse(id).ok()?))
}

fn invalid(field: &'static str) -> Refusal {
    Refusal::parameter(field, Fault::InvalidParameter)
}
