//! `GET /v1/broadworks/subscribers/bulk/{job}/rows`: ours.

use axum::{Json, extract::State};
use domain::{Fault, Field};
use serde::{Deserialize, Serialize};

use super::{
    ApiState, Client, Job, Kind, Named, Outcome, Read, Refusal, RowError,
    paging::{self, Link, PageRequest},
};
use crate::store::bulk_job::{self, BulkRow, Wanted};

/// The outcome of a row that is still to be carried out.
const PENDING: &str = "pending";

/// Which rows are asked for.
#[derive(Deserialize, utoipa::IntoParams)]
pub struct Filters {
    /// accepted, unchanged, refused or pending
    outcome: Option<String>,
}

impl paging::Filters for Filters {}

/// A page of a job's rows.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = BulkRowPage)]
pub struct Rows {
    items: Vec<Row>,
}

/// One row.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkRow)]
struct Row {
    /// Its place in the job, from 1.
    row: i32,
    /// Its first line in the file, if the job was made of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<i32>,
    /// `accepted`, `unchanged` or `refused`; `pending` until it was carried out.
    outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscriber_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<RowFault>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkRowError)]
struct RowFault {
    error_code: u32,
    description: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_name: Option<String>,
}

/// Shows a job's rows and their outcomes.
#[utoipa::path(
    get,
    path = "/v1/broadworks/subscribers/bulk/{job}/rows",
    operation_id = "bulk_rows",
    tag = "Subscribers (ours)",
    params(("job" = uuid::Uuid, Path, description = "The job's id"), PageRequest<Filters>),
    responses((status = 200, description = "A page of rows", body = Rows, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn rows(
    State(state): State<ApiState>,
    client: Client<Read>,
    job: Named<Job>,
    request: PageRequest<Filters>,
) -> Result<(Link, Json<Rows>), Refusal> {
    let job = job.find(&state.store, &client).await?;
    let (wanted, window) = (request.filters.wanted()?, request.window(|cursor| cursor.parse().ok())?);
    let page = bulk_job::rows(state.store.read(), &job, wanted, window).await?;
    let link = request.link(page.next.map(|number| number.to_string()));
    Ok((link, Json(Rows { items: page.rows.into_iter().map(Row::from).collect() })))
}

impl Filters {
    fn wanted(&self) -> Result<Option<Wanted>, Refusal> {
        let Some(outcome) = self.outcome.as_deref() else { return Ok(None) };
        match Outcome::parse(outcome) {
            Some(outcome) => Ok(Some(Wanted::With(outcome))),
            None if outcome == PENDING => Ok(Some(Wanted::Pending)),
            None => Err(Refusal::parameter("outcome", Fault::InvalidParameter)),
        }
    }
}

impl From<BulkRow> for Row {
    fn from(row: BulkRow) -> Self {
        Self {
            row: row.number,
            line: row.line,
            outcome: row.outcome.map_or(PENDING, Outcome::as_str).to_owned(),
            subscriber_id: row.subscriber_id.map(|id| Kind::Subscriber.encode(id)),
            errors: row.errors.into_iter().filter_map(RowFault::of).collect(),
        }
    }
}

impl RowFault {
    fn of(error: RowError) -> Option<Self> {
        let fault = Fault::from_code(error.code)?;
        let field = Field::ALL.into_iter().find(|field| error.field.as_deref() == Some(field.property()));
        let remedy = field.and_then(|field| field.remedy(fault)).map(|remedy| format!(" {remedy}"));
        let description = format!("{}{}", fault.cause(), remedy.unwrap_or_default());
        Some(Self { error_code: error.code, description, field_name: error.field })
    }
}
