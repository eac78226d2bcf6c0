//! `GET /v1/broadworks/billing/reports`

use axum::{Json, extract::State};
use domain::{Fault, Timestamp};
use sea_orm::{ColumnTrait as _, Condition, EntityTrait as _, QueryFilter as _, QueryOrder as _, QueryTrait as _};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    ApiState, BillingRead, Client, Refusal,
    paging::{self, Asked, Length, Link},
    report::Item,
};
use crate::{billing::BillingPeriod, iso8601, store::entity::billing_report};

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
    params(Asked<Filters>),
    responses((status = 200, description = "A page of reports", body = Items, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn list(
    State(state): State<ApiState>,
    client: Client<BillingRead>,
    asked: Asked<Filters>,
) -> Result<(Link, Json<Items>), Refusal> {
    let order = Order::parse(asked.filters.sort_by.as_deref())?;
    let rows = billing_report::Entity::find()
        .filter(billing_report::Column::PartnerId.eq(client.partner))
        .filter(asked.filters.condition()?)
        .apply_if(asked.after(last)?, |rows, last| rows.filter(order.after(&last)));
    let rows = match order {
        Order::Period => rows.order_by_desc(billing_report::Column::Period),
        Order::Id => rows,
    };
    let rows = rows.order_by_desc(billing_report::Column::Id);
    let (link, found) = asked.read(&state.store, rows, |last| format!("{}/{}", last.period, last.id)).await?;
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

    /// What comes after the last report of the page before.
    fn after(self, (period, id): &(BillingPeriod, Uuid)) -> Condition {
        use billing_report::Column;
        let earlier_id = Column::Id.lt(*id);
        match self {
            Self::Id => Condition::all().add(earlier_id),
            Self::Period => Condition::any()
                .add(Column::Period.lt(period.as_str()))
                .add(Condition::all().add(Column::Period.eq(period.as_str())).add(earlier_id)),
        }
    }
}

impl Filters {
    /// Every filter that is given, all of which have to fit.
    fn condition(&self) -> Result<Condition, Refusal> {
        use billing_report::Column;
        let mut all = Condition::all();
        if let Some(before) = &self.before {
            all = all.add(Column::CreatedAt.lt(moment(before).ok_or_else(|| invalid("before"))?.0));
        }
        if let Some(after) = &self.after {
            all = all.add(Column::CreatedAt.gt(moment(after).ok_or_else(|| invalid("after"))?.0));
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
