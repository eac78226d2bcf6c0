//! `POST /v1/broadworks/billing/reports`

use axum::{Json, extract::State};

use super::{ApiState, BillingWrite, Client, Object, Refusal, report::ReportId, schema};
use crate::{billing, billing_period::BillingPeriod};

/// Makes a report of one month; of the current one, as far as it has passed.
#[utoipa::path(
    post,
    path = "/v1/broadworks/billing/reports",
    operation_id = "billing_report_create",
    tag = "Billing reports",
    request_body = schema::NewBillingReport,
    responses((status = 200, description = "Made, and complete", body = ReportId))
)]
pub async fn create(
    State(state): State<ApiState>,
    client: Client<BillingWrite>,
    body: Object,
) -> Result<Json<ReportId>, Refusal> {
    let period = BillingPeriod::parse(body.text("billingPeriod")?);
    let period = period.map_err(|fault| Refusal::parameter("billingPeriod", fault))?;
    let by = (client.tenant, client.token);
    let made = billing::create(&state.store, &state.environment, by, period).await?;
    Ok(Json((&made).into()))
}
