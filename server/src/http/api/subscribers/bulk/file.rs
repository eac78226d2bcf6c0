//! A CSV file as a bulk job's body: read as [`crate::import`] reads it.

use std::io::Cursor;

use axum::{
    Json,
    body::Bytes,
    response::{IntoResponse as _, Response},
};
use domain::{Fault, Field};
use serde::{Deserialize, Serialize};

use super::{Action, ApiState, Client, MOST, NewJob, NewRow, Refusal, RowError, Write, accept, query::flag};
use crate::{
    import::{CheckedFile, CheckedRow, ImportError, ImportOptions, Report, RowProblem, import, rows},
    provisioning::draft,
};

/// How a file is taken. A name that is mistyped is refused: a dry run must not turn into a real one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Parameters {
    action: Option<String>,
    provisioning_id: Option<String>,
    dry_run: Option<String>,
    all_or_nothing: Option<String>,
}

impl Parameters {
    /// Refuses whatever is said here, where no file was sent.
    pub(super) fn refuse(&self) -> Result<(), Refusal> {
        let Self { action, provisioning_id, dry_run, all_or_nothing } = self;
        let named = [
            ("action", action),
            ("provisioningId", provisioning_id),
            ("dryRun", dry_run),
            ("allOrNothing", all_or_nothing),
        ];
        match named.into_iter().find(|(_, written)| written.is_some()) {
            Some((name, _)) => Err(Refusal::parameter(name, Fault::InvalidParameter)),
            None => Ok(()),
        }
    }
}

/// What a dry run of a file found. Nothing was written.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkDryRun)]
pub struct DryRun {
    /// How many rows there are.
    rows: u64,
    /// How many would be carried out.
    accepted: u64,
    /// How many are there already.
    unchanged: u64,
    /// How many would be refused.
    refused: u64,
    /// What is wrong with those, the first ten thousand cells of it.
    errors: Vec<Cell>,
    /// Columns that nobody knows: what stands in them was not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignored_columns: Vec<String>,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BulkDryRunError)]
struct Cell {
    /// The row's first line in the file, from 1.
    line: u64,
    /// What Export calls the column; nothing, if the row as a whole is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_name: Option<&'static str>,
    error_code: u32,
    description: &'static str,
    remedy: &'static str,
}

pub(super) async fn begin(
    state: &ApiState,
    client: &Client<Write>,
    wanted: &Parameters,
    file: Bytes,
) -> Result<Response, Refusal> {
    match wanted.action.as_deref() {
        None => return Err(Refusal::parameter("action", Fault::MissingParameter)),
        Some(action) if action == Action::Create.as_str() => {}
        Some(_) => return Err(Refusal::parameter("action", Fault::InvalidParameter)),
    }
    let all_or_nothing = flag("allOrNothing", wanted.all_or_nothing.as_deref())?;
    let options = ImportOptions {
        provisioning_id: wanted.provisioning_id.clone(),
        most: MOST as u64,
        dry_run: flag("dryRun", wanted.dry_run.as_deref())?,
        ..ImportOptions::default()
    };
    let file = Cursor::new(file);
    if options.dry_run {
        let report = import(&state.store, &state.environment, client.tenant, file, &options, |_| ()).await?;
        return Ok(Json(DryRun::from(report)).into_response());
    }
    let CheckedFile { rows, ignored_columns } = rows(&state.store, client.tenant, file, &options).await?;
    if rows.is_empty() {
        return Err(Refusal::parameter("rows", Fault::MissingParameter));
    }
    if all_or_nothing {
        none_is_bad(&rows)?;
    }
    let rows = rows.into_iter().map(NewRow::from).collect();
    accept(state, client, NewJob::of(Action::Create, rows, ignored_columns)).await
}

fn none_is_bad(rows: &[CheckedRow]) -> Result<(), Refusal> {
    let bad = rows.iter().filter_map(|row| Some((row.line, row.draft.as_ref().err()?)));
    let mut flaws = bad.flat_map(|(line, flaws)| flaws.iter().map(move |flaw| (line, flaw))).peekable();
    match flaws.peek() {
        Some(_) => Err(Refusal::rows(flaws)),
        None => Ok(()),
    }
}

impl From<CheckedRow> for NewRow {
    fn from(CheckedRow { line, draft }: CheckedRow) -> Self {
        let flaws = draft.as_ref().err().into_iter().flatten().map(RowError::from).collect();
        let written = draft.as_ref().map(draft::to_json).unwrap_or_default();
        Self { written: written.into(), subscriber: None, user_id: None, line: Some(line), flaws }
    }
}

impl From<Report> for DryRun {
    fn from(report: Report) -> Self {
        let Report { rows, added, already_there, refused, problems, ignored_columns, given_back: _, written: _ } =
            report;
        let errors = problems.iter().map(Cell::from).collect();
        Self { rows, accepted: added, unchanged: already_there, refused, errors, ignored_columns }
    }
}

impl From<&RowProblem> for Cell {
    fn from(problem: &RowProblem) -> Self {
        Self {
            line: problem.line,
            column: problem.field.map(Field::column),
            field_name: problem.field.map(Field::property),
            error_code: problem.fault.code(),
            description: problem.fault.cause(),
            remedy: problem.remedy(),
        }
    }
}

impl From<ImportError> for Refusal {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Malformed { line, why } => Self::file(line, &why.to_string()),
            ImportError::TooManyRows { .. } => Self::parameter("rows", Fault::InvalidParameterSize),
            // A file in memory can always be read.
            ImportError::Io(_) => Fault::Internal.into(),
            ImportError::Trouble(trouble) => trouble.into(),
        }
    }
}
