//! `DELETE /v1/broadworks/billing/reports/{id}`

use axum::{extract::State, http::StatusCode};

use super::{ApiState, BillingWrite, Client, Named, Refusal, report::Report};
use crate::billing;

/// Removes a report. What it told stays known: the same month can be asked for again.
#[utoipa::path(
    delete,
    path = "/v1/broadworks/billing/reports/{id}",
    operation_id = "billing_report_remove",
    tag = "Billing reports",
    params(("id" = String, Path, description = "The report's id")),
    responses((status = 204, description = "Gone"))
)]
pub async fn remove(
    State(state): State<ApiState>,
    client: Client<BillingWrite>,
    Named { id, .. }: Named<Report>,
) -> Result<StatusCode, Refusal> {
    billing::remove(&state.store, &state.environment, (client.tenant, client.token), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
