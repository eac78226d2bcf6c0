//! Import in the hub: a CSV file is checked or taken in, and the page is told how far that is.
//!
//! The file is held in memory while it is read and kept nowhere. The import goes on when the page is left, and ends with the
//! session; since it adds nobody twice, one that ended early is simply begun again.

use std::{convert::Infallible, io::Cursor};

use app::hub::model::{CellProblem, ImportFailure, ImportNews, ImportReport, MOST_ROWS, Malformation};
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::sse::{Event, KeepAlive, Sse},
};
use domain::{Fault, fault::Audience, limit};
use futures::{Stream, stream};
use serde::Deserialize;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::{media, signed_in::SignedIn};
use crate::{
    access::{guard::UsersWrite, session::watch::Kind},
    backend::Shared,
    fault::Trouble,
    import::{self, ImportError, ImportOptions, Report, RowProblem, import},
    log::SECURITY,
    store::{Actor, TemplateId, Tenant},
};

/// How the file is taken.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    dry_run: bool,
    all_or_nothing: bool,
    /// In which what is wrong is written into the file that is given back; a page of the version before sends none.
    language: Option<String>,
}

/// Checks or takes in a template's users.
///
/// # Errors
/// 401 if nobody is signed in, also by the time that the whole file is there, 404 for a template that is not the partner's, 415
/// for what does not call itself CSV, 429 after too many.
pub async fn users(
    State(context): State<Shared>,
    administrator: SignedIn<UsersWrite>,
    Path(template): Path<TemplateId>,
    Query(Wanted { dry_run, all_or_nothing, language }): Query<Wanted>,
    headers: HeaderMap,
    file: Bytes,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, StatusCode> {
    if !media::CSV.is(&headers) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let ended = context.sessions.ended(Kind::Hub, &administrator.token);
    administrator.look_again(&context).await?;
    administrator.counted(&context, limit::IMPORTS, None).await?;
    let template = administrator.template(&context, template).await?;
    if !dry_run {
        let SignedIn { administrator: by, network, .. } = &administrator;
        tracing::info!(target: SECURITY, event = "users_imported", administrator = %by.id, template = %template.id, %network);
    }
    let job = Job {
        tenant: administrator.tenant(),
        file,
        all_or_nothing,
        options: ImportOptions {
            actor: Actor::Administrator(administrator.administrator.id),
            provisioning_id: Some(template.provisioning_id),
            most: MOST_ROWS,
            dry_run,
            all_or_nothing: false,
            give_back: Some(app::language::best(language, Audience::Administrator)),
        },
    };
    let (tell, heard) = unbounded_channel();
    tokio::spawn(async move {
        let outcome = tokio::select! {
            biased;
            () = ended => Err(Trouble::from(Fault::SessionEnded).into()),
            outcome = job.run(&context, &tell) => outcome,
        };
        let last = match outcome {
            Ok(report) => ImportNews::Done(shown(report)),
            Err(error) => ImportNews::Failed(failure(&context, error)),
        };
        // Whoever has left the page misses it.
        _ = tell.send(last);
    });
    let news = stream::unfold(heard, async |mut heard| Some((event(&heard.recv().await?), heard)));
    Ok(Sse::new(news).keep_alive(KeepAlive::default()))
}

fn event(news: &ImportNews) -> Result<Event, Infallible> {
    // Numbers and texts always become JSON.
    Ok(Event::default().json_data(news).unwrap_or_default())
}

struct Job {
    tenant: Tenant,
    file: Bytes,
    all_or_nothing: bool,
    options: ImportOptions,
}

impl Job {
    async fn run(self, context: &Shared, tell: &UnboundedSender<ImportNews>) -> Result<Report, ImportError> {
        if self.all_or_nothing && !self.options.dry_run {
            // Not in one transaction, as on the command line: it would hold up everybody else for as long as it takes.
            let checked = self.pass(context, &ImportOptions { dry_run: true, ..self.options.clone() }, |_| ()).await?;
            if checked.refused > 0 {
                return Ok(checked);
            }
        }
        self.pass(context, &self.options, |rows| _ = tell.send(ImportNews::Progress { rows })).await
    }

    async fn pass(
        &self,
        context: &Shared,
        options: &ImportOptions,
        progress: impl Fn(u64) + Send + Sync,
    ) -> Result<Report, ImportError> {
        let file = Cursor::new(&self.file);
        // A large file takes its time.
        import(&context.store.patiently(), &context.environment, self.tenant, file, options, progress).await
    }
}

fn shown(report: Report) -> ImportReport {
    let Report { rows, added, already_there, refused, problems, ignored_columns, given_back, written } = report;
    let problems =
        problems.into_iter().map(|RowProblem { line, field, fault }| CellProblem { line, field, fault }).collect();
    ImportReport { rows, added, already_there, refused, problems, ignored_columns, given_back, written }
}

fn failure(context: &Shared, error: ImportError) -> ImportFailure {
    match error {
        ImportError::Malformed { line, why } => ImportFailure::Malformed { line, why: explained(why) },
        ImportError::TooManyRows { most } => ImportFailure::TooManyRows { most },
        // A file in memory can always be read.
        ImportError::Io(_) => ImportFailure::Problem(Fault::MalformedFile.into()),
        ImportError::Trouble(trouble) => {
            ImportFailure::Problem(trouble.problem(|| context.environment.id().to_string()))
        }
    }
}

fn explained(why: import::Malformation) -> Malformation {
    match why {
        import::Malformation::ColumnMissing(column) => Malformation::ColumnMissing(column.to_owned()),
        import::Malformation::ColumnTwice(column) => Malformation::ColumnTwice(column.to_owned()),
        import::Malformation::TooManyColumns => Malformation::TooManyColumns,
        import::Malformation::QuoteOpen => Malformation::QuoteOpen,
        import::Malformation::QuoteStray => Malformation::QuoteStray,
        import::Malformation::Workbook => Malformation::Workbook,
        import::Malformation::NotUtf8 => Malformation::NotUtf8,
    }
}
