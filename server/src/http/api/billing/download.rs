//! `GET /v1/broadworks/billing/reports/{id}/csv`: where `tempDownloadURL` leads. The signature takes the token's place,
//! so that a browser or a spreadsheet can follow it.

use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::header,
    response::{IntoResponse as _, Response},
};
use domain::{Fault, Timestamp};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use super::{super::Public, ApiState, Named, Refusal, report::Report};
use crate::{
    billing::{Pass, csv},
    log::SECURITY,
};

/// What the address holds.
#[derive(Deserialize)]
pub struct Parameters {
    expires: i64,
    signature: String,
}

/// A report as CSV. Whatever is wrong with the address, there is nothing there.
pub async fn download(
    State(state): State<ApiState>,
    // What opens the report is in its address.
    _: Public,
    named: Result<Named<Report>, Refusal>,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Named { id: report, .. } = named.map_err(|_| Fault::UnknownResource)?;
    let Query(Parameters { expires, signature }) = parameters.map_err(|_| Fault::UnknownResource)?;
    let pass = Pass { report, expires: Timestamp(expires), signature };
    let report = pass.redeem(&state.store, &state.code_keys, state.environment.now()).await?;
    tracing::info!(target: SECURITY, event = "billing_report_downloaded", report = %report.id, partner = %report.partner_id);
    let attachment = format!("attachment; filename=\"billing-{}.csv\"", report.period.as_str());
    // A month of a large partner takes its time.
    let rows = csv(state.store.patiently(), report)
        .inspect_err(|error| tracing::error!(%error, "a billing report was cut off"));
    let mut rows = Box::pin(rows);
    let first = rows.try_next().await?;
    let rows = stream::iter(first.map(Ok)).chain(rows);
    let headers =
        [(header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, attachment)];
    Ok((headers, Body::from_stream(rows)).into_response())
}
