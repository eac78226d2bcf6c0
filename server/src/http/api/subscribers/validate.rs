//! `POST /v1/broadworks/subscribers/validate`

use axum::{Json, extract::State};
use domain::{EmailAddress, Fault};
use serde::Serialize;

use super::{ApiState, Client, Object, Refusal, Write, schema};
use crate::provisioning::arrival;

/// The answer when nothing speaks against provisioning. `info` is an object, as in the vendor's schema (its example
/// shows an array, which real clients reject).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = ValidationSuccess)]
pub struct Success {
    message: &'static str,
    info: Info,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ValidationInfo)]
struct Info {
    info_code: u32,
    description: &'static str,
}

/// Says whether a subscriber could be provisioned, and changes nothing.
#[utoipa::path(
    post,
    path = "/v1/broadworks/subscribers/validate",
    operation_id = "subscriber_validate",
    tag = "Subscribers",
    request_body = schema::Candidate,
    responses((status = 200, description = "Nothing speaks against it", body = Success))
)]
pub async fn validate(
    State(state): State<ApiState>,
    client: Client<Write>,
    body: Object,
) -> Result<Json<Success>, Refusal> {
    if let Some(customer) = body.object("customerInfo")? {
        let email = customer.text("primaryEmail")?;
        EmailAddress::pasted(email).map_err(|fault: Fault| Refusal::parameter("primaryEmail", fault))?;
    }
    arrival::precheck(&state.store, client.tenant, &body.draft()).await?;
    let info = Info { info_code: 100, description: "Provisioning preCheck validation successful." };
    Ok(Json(Success { message: "success", info }))
}
