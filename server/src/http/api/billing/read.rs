//! `GET /v1/broadworks/billing/reports/{id}`

use axum::{Json, extract::State};

use super::{ApiState, BillingRead, Client, Named, Refusal, report::Report};
use crate::billing;

/// Shows a report, with an address from which its CSV can be downloaded without a token for 15 minutes.
#[utoipa::path(
    get,
    path = "/v1/broadworks/billing/reports/{id}",
    operation_id = "billing_report_read",
    tag = "Billing reports",
    params(("id" = String, Path, description = "The report's id")),
    responses((status = 200, description = "The report", body = Report))
)]
pub async fn read(
    State(state): State<ApiState>,
    client: Client<BillingRead>,
    Named { id, .. }: Named<Report>,
) -> Result<Json<Report>, Refusal> {
    let found = billing::find(&state.store, client.tenant, id).await?;
    Ok(Json(Report::show(&state, found)))
}
