//! `/v1/broadworks/subscribers/bulk`: ours. Many changes at once, answered with a job to poll.

pub mod file;

use std::collections::HashMap;

use axum::{
    Json,
    extract::{FromRequestParts, Path, Query, RawQuery, State, rejection::QueryRejection},
    http::{HeaderName, StatusCode, header::LOCATION, request::Parts},
    response::{IntoResponse as _, Response},
};
use domain::{Fault, Timestamp};
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    ApiState, Client, Object, ObjectOrFile, Read, Refusal, Write,
    id::{self, Kind},
    paging::{self, Link},
    schema,
};
use crate::{
    iso8601,
    provisioning::bulk::{self, Action, MOST, NewRow, Outcome, RowError},
    store::{
        Store,
        entity::{bulk_job, bulk_row},
    },
};

/// A bulk job.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkJob)]
pub struct Job {
    id: Uuid,
    action: String,
    /// `running` until every row has its outcome, then `finished`.
    status: &'static str,
    /// How many rows there are.
    rows: i32,
    /// How many have which outcome.
    accepted: i64,
    unchanged: i64,
    refused: i64,
    created: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    finished: Option<String>,
}

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
    description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_name: Option<String>,
}

/// Takes a job in: durably accepted once this answers. Or, in a dry run of a file, only checks it.
#[utoipa::path(
    post,
    path = "/v1/broadworks/subscribers/bulk",
    operation_id = "bulk_begin",
    tag = "Subscribers (ours)",
    params(
        ("action" = Option<String>, Query, description = "Only with a file, which can be there to create: create"),
        ("provisioningId" = Option<String>, Query, description = "Only with a file: the template of rows that name none"),
        ("dryRun" = Option<bool>, Query, description = "Only with a file: check every row and write nothing"),
        ("allOrNothing" = Option<bool>, Query, description = "Only with a file: accept nothing if a row is bad")
    ),
    request_body(content((schema::Bulk = "application/json"), (String = "text/csv"))),
    responses(
        (status = 202, description = "Durably accepted", body = Job, headers(("Location" = String, description = "The job"))),
        (status = 200, description = "What a dry run found", body = file::DryRun)
    )
)]
pub async fn begin(
    State(state): State<ApiState>,
    client: Client<Write>,
    wanted: Result<Query<file::Parameters>, QueryRejection>,
    body: ObjectOrFile,
) -> Result<Response, Refusal> {
    let Query(wanted) = wanted.map_err(|_| Fault::InvalidParameter)?;
    match body {
        ObjectOrFile::File(file) => file::begin(&state, &client, &wanted, file).await,
        ObjectOrFile::Object(body) => {
            // Whoever asks for a dry run must not get a real one.
            wanted.refuse()?;
            from_object(&state, &client, &body).await
        }
    }
}

async fn from_object(state: &ApiState, client: &Client<Write>, body: &Object) -> Result<Response, Refusal> {
    let action = Action::parse(body.text("action")?).ok_or(Refusal::parameter("action", Fault::InvalidParameter))?;
    let rows = body.array("rows")?;
    if rows.is_empty() {
        return Err(Refusal::parameter("rows", Fault::MissingParameter));
    }
    if rows.len() > MOST {
        return Err(Refusal::parameter("rows", Fault::InvalidParameterSize));
    }
    accept(state, client, action, rows.iter().map(new_row).collect()).await
}

async fn accept(
    state: &ApiState,
    client: &Client<Write>,
    action: Action,
    rows: Vec<NewRow>,
) -> Result<Response, Refusal> {
    let whose = (client.partner, client.token);
    let job = bulk::accept(&state.store, &state.environment, whose, action, rows).await?;
    let location: [(HeaderName, String); 1] =
        [(LOCATION, format!("{}/v1/broadworks/subscribers/bulk/{}", state.public_url, job.id))];
    Ok((StatusCode::ACCEPTED, location, Json(Job::show(&state.store, job).await?)).into_response())
}

fn new_row(written: &Value) -> NewRow {
    let wrong =
        |field: Option<&str>, fault: Fault| vec![RowError { field: field.map(str::to_owned), ..RowError::from(fault) }];
    let (subscriber, flaws) = match written.as_object().map(|row| row.get("id")) {
        None => (None, wrong(None, Fault::MalformedBody)),
        Some(None | Some(Value::Null)) => (None, vec![]),
        Some(Some(Value::String(written))) => match id::subscriber(written) {
            Some(id) => (Some(id), vec![]),
            None => (None, wrong(Some("id"), Fault::UnknownResource)),
        },
        Some(Some(_)) => (None, wrong(Some("id"), Fault::InvalidParameter)),
    };
    NewRow { written: written.clone(), subscriber, line: None, flaws }
}

/// Shows how far a job is.
#[utoipa::path(
    get,
    path = "/v1/broadworks/subscribers/bulk/{job}",
    operation_id = "bulk_read",
    tag = "Subscribers (ours)",
    params(("job" = uuid::Uuid, Path, description = "The job's id")),
    responses((status = 200, description = "The job", body = Job))
)]
pub async fn read(State(state): State<ApiState>, client: Client<Read>, job: Named) -> Result<Json<Job>, Refusal> {
    let job = job.find(&state.store, client.partner).await?;
    Ok(Json(Job::show(&state.store, job).await?))
}

/// Which rows are asked for.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Parameters {
    outcome: Option<String>,
    max: Option<String>,
    offset: Option<String>,
    cursor: Option<String>,
}

/// Shows a job's rows and their outcomes.
#[utoipa::path(
    get,
    path = "/v1/broadworks/subscribers/bulk/{job}/rows",
    operation_id = "bulk_rows",
    tag = "Subscribers (ours)",
    params(("job" = uuid::Uuid, Path, description = "The job's id"), ("outcome" = Option<String>, Query, description = "accepted, unchanged, refused or pending"), ("max" = Option<u64>, Query, minimum = 1, maximum = 100, description = "Items to a page, 50 unless told otherwise"), ("offset" = Option<u32>, Query, description = "Items to leave out; the link to the next page does without"), ("cursor" = Option<String>, Query, description = "Only from the link to the next page")),
    responses((status = 200, description = "A page of rows", body = Rows, headers(("Link" = String, description = "The next page, if there is one (RFC 8288)"))))
)]
pub async fn rows(
    State(state): State<ApiState>,
    client: Client<Read>,
    job: Named,
    RawQuery(query): RawQuery,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<(Link, Json<Rows>), Refusal> {
    let Query(parameters) = parameters.map_err(|_| Fault::InvalidParameter)?;
    let job = job.find(&state.store, client.partner).await?;
    let max = paging::max(parameters.max.as_ref())?;
    let invalid = |field| Refusal::parameter(field, Fault::InvalidParameter);
    let after = parameters.cursor.as_ref().map(|cursor| cursor.parse::<i32>()).transpose();
    let after = after.map_err(|_| invalid("cursor"))?;
    let outcome = match parameters.outcome.as_deref() {
        None => None,
        Some(PENDING) => Some(bulk_row::Column::Outcome.is_null()),
        Some(name) => {
            let known = Outcome::ALL.iter().any(|outcome| outcome.as_str() == name);
            Some(known.then(|| bulk_row::Column::Outcome.eq(name)).ok_or(invalid("outcome"))?)
        }
    };
    let mut found = bulk_row::Entity::find()
        .filter(bulk_row::Column::JobId.eq(job.id))
        .apply_if(outcome, |rows, outcome| rows.filter(outcome))
        .apply_if(after, |rows, after| rows.filter(bulk_row::Column::Number.gt(after)))
        .order_by_asc(bulk_row::Column::Number)
        .offset(paging::offset(parameters.offset.as_ref())?)
        .limit(max + 1)
        .all(state.store.read())
        .await?;
    let more = paging::cut(&mut found, max);
    let url = format!("{}/v1/broadworks/subscribers/bulk/{}/rows", state.public_url, job.id);
    let last = found.last().filter(|_| more);
    let link = last.and_then(|last| paging::next(&url, query.as_deref(), &last.number.to_string()));
    Ok((link, Json(Rows { items: found.into_iter().map(Row::from).collect() })))
}

const PENDING: &str = "pending";

/// The job that an address names, which need not be there or the client's own.
pub struct Named(Uuid);

impl Named {
    async fn find(&self, store: &Store, partner: Uuid) -> Result<bulk_job::Model, Refusal> {
        let found = bulk_job::Entity::find_by_id(self.0).filter(bulk_job::Column::PartnerId.eq(partner));
        Ok(found.one(store.read()).await?.ok_or(Fault::UnknownResource)?)
    }
}

impl FromRequestParts<ApiState> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let written = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::UnknownResource)?;
        Ok(Self(Uuid::try_parse(&written).map_err(|_| Fault::UnknownResource)?))
    }
}

impl Job {
    async fn show(store: &Store, job: bulk_job::Model) -> Result<Self, Refusal> {
        let counts: Vec<(Option<String>, i64)> = bulk_row::Entity::find()
            .select_only()
            .column(bulk_row::Column::Outcome)
            .column_as(bulk_row::Column::Number.count(), "count")
            .filter(bulk_row::Column::JobId.eq(job.id))
            .group_by(bulk_row::Column::Outcome)
            .into_tuple()
            .all(store.read())
            .await?;
        let counts: HashMap<_, _> = counts.into_iter().filter_map(|(name, count)| Some((name?, count))).collect();
        let count = |outcome: Outcome| counts.get(outcome.as_str()).copied().unwrap_or(0);
        Ok(Self {
            id: job.id,
            action: job.action,
            status: if job.finished_at.is_some() { "finished" } else { "running" },
            rows: job.size,
            accepted: count(Outcome::Accepted),
            unchanged: count(Outcome::Unchanged),
            refused: count(Outcome::Refused),
            created: iso8601::format(Timestamp(job.created_at)),
            finished: job.finished_at.map(|at| iso8601::format(Timestamp(at))),
        })
    }
}

impl From<bulk_row::Model> for Row {
    fn from(row: bulk_row::Model) -> Self {
        let errors: Vec<RowError> =
            row.errors.as_deref().and_then(|errors| serde_json::from_str(errors).ok()).unwrap_or_default();
        Self {
            row: row.number,
            line: row.line,
            outcome: row.outcome.unwrap_or_else(|| PENDING.to_owned()),
            subscriber_id: row.subscriber_id.map(|id| Kind::Subscriber.encode(id)),
            errors: errors.into_iter().filter_map(RowFault::of).collect(),
        }
    }
}

impl RowFault {
    fn of(error: RowError) -> Option<Self> {
        let fault = Fault::from_code(error.code)?;
        Some(Self { error_code: error.code, description: fault.cause(), field_name: error.field })
    }
}
