//! `/v1/broadworks/subscribers/bulk`: ours. Many changes at once, answered with a job to poll.

pub mod file;
pub mod rows;

pub use rows::rows;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header::LOCATION},
    response::{IntoResponse as _, Response},
};
use domain::Fault;
use serde::Serialize;
use serde_json::Value;

use super::{
    ApiState, Client, Named, Object, ObjectOrFile, Query, Read, Refusal, Resource, Write, paging, query, schema,
};
use crate::{
    iso8601,
    provisioning::bulk::{self, Action, MOST, NewJob, NewRow, Outcome, RowError},
    store::{
        Actor, BulkJobId, Store,
        bulk_job::{self, BulkJob, Tally},
    },
    vendor_id::Kind,
};

/// A bulk job.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkJob)]
pub struct Job {
    #[schema(value_type = uuid::Uuid)]
    id: BulkJobId,
    action: String,
    /// `running` until every row has its outcome, then `finished`; `cancelled` if an administrator has ended it early. `waiting` if
    /// it is to delete so many that an administrator has to approve that first.
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
    /// Columns of the file that nobody knows: what stands in them was not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored_columns: Vec<String>,
}

/// Takes a job in: durably accepted once this returns. Or, in a dry run of a file, only checks it.
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
    Query(wanted): Query<file::Parameters>,
    body: ObjectOrFile,
) -> Result<Response, Refusal> {
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
    // Whoever asks for a dry run must not get a real one, wherever it is asked for.
    for name in ["dryRun", "allOrNothing"] {
        if body.has(name) {
            return Err(Refusal::parameter(name, Fault::InvalidParameter));
        }
    }
    let action = Action::parse(body.text("action")?).ok_or(Refusal::parameter("action", Fault::InvalidParameter))?;
    let rows = body.array("rows")?;
    if rows.is_empty() {
        return Err(Refusal::parameter("rows", Fault::MissingParameter));
    }
    if rows.len() > MOST {
        return Err(Refusal::parameter("rows", Fault::InvalidParameterSize));
    }
    let rows = rows.iter().map(new_row).collect();
    accept(state, client, NewJob::of(action, rows, Vec::new())).await
}

async fn accept(state: &ApiState, client: &Client<Write>, new: NewJob) -> Result<Response, Refusal> {
    let caller = (client.tenant, Actor::Token(client.token));
    let job = bulk::accept(&state.store, &state.environment, caller, new).await?;
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
        Some(Some(Value::String(written))) => match Kind::Subscriber.own(written) {
            Some(id) => (Some(id), vec![]),
            None => (None, wrong(Some("id"), Fault::InvalidParameter)),
        },
        Some(Some(_)) => (None, wrong(Some("id"), Fault::InvalidParameter)),
    };
    NewRow { written: written.clone(), subscriber, user_id: None, line: None, flaws }
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
pub async fn read(State(state): State<ApiState>, client: Client<Read>, job: Named<Job>) -> Result<Json<Job>, Refusal> {
    let job = job.find(&state.store, &client).await?;
    Ok(Json(Job::show(&state.store, job).await?))
}

impl Resource for Job {
    type Id = BulkJobId;
    const PARAMETER: &'static str = "job";
}

impl Named<Job> {
    async fn find(&self, store: &Store, client: &Client<Read>) -> Result<BulkJob, Refusal> {
        Ok(bulk_job::find(store.read(), client.tenant, self.id).await?.ok_or(Fault::UnknownResource)?)
    }
}

impl Job {
    async fn show(store: &Store, job: BulkJob) -> Result<Self, Refusal> {
        let Tally { accepted, unchanged, refused } = bulk_job::tally(store.read(), &job).await?;
        Ok(Self {
            id: job.id,
            action: job.action.as_str().to_owned(),
            status: match (job.finished_at, job.cancelled_at) {
                (None, None) if job.staged_at.is_some() => "waiting",
                (_, Some(_)) => "cancelled",
                (Some(_), None) => "finished",
                (None, None) => "running",
            },
            rows: job.size,
            accepted: accepted.into(),
            unchanged: unchanged.into(),
            refused: refused.into(),
            created: iso8601::format(job.created_at),
            finished: job.finished_at.map(iso8601::format),
            ignored_columns: job.ignored_columns,
        })
    }
}
