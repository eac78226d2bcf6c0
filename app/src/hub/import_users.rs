//! Import: users from a CSV file, first checked and then imported.

mod cell;
mod upload;

use domain::Fault;
use leptos::{ev, prelude::*, task::spawn_local};
use leptos_router::hooks::{use_params_map, use_query_map};
use serde::{Deserialize, Serialize};

use self::{cell::Problems, upload::Upload};
use super::{
    TemplateDetail, UserFilter, address,
    breadcrumbs::{Breadcrumbs, crumb},
    loaded::loaded,
    template::get_template,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        file_field::FileField,
        focus,
        notice::Tone,
        problem::ProblemText,
        spinner::Spinner,
        title::Title,
    },
};

/// The most rows that a file may have.
pub const MOST_ROWS: u64 = 100_000;
/// The most bytes that a file may have.
pub const LARGEST_FILE: usize = LARGEST_MEGABYTES << 20;
const LARGEST_MEGABYTES: usize = 32;

/// What the server tells while it reads a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportNews {
    /// It has imported so many rows.
    Progress {
        /// How many.
        rows: u64,
    },
    /// It is done.
    Done(ImportReport),
    /// Nothing came of it.
    Failed(ImportFailure),
}

/// How an import, or the check before it, went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Rows in the file.
    pub rows: u64,
    /// Users who were added, or would be.
    pub added: u64,
    /// Users who were there already.
    pub already_there: u64,
    /// Bad rows.
    pub refused: u64,
    /// What is wrong with them.
    pub problems: Vec<CellProblem>,
    /// Columns that nobody knows: what stands in them was not read.
    pub ignored_columns: Vec<String>,
    /// Whether anything was written.
    pub written: bool,
}

/// What is wrong with a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CellProblem {
    /// The row's first line in the file, from 1.
    pub line: u64,
    /// Which column; nothing, if the row as a whole is wrong.
    pub field: Option<domain::Field>,
    /// What is wrong.
    pub fault: Fault,
}

/// Why a file was not imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportFailure {
    /// It is no table of users.
    Malformed {
        /// In which line.
        line: u64,
        /// What is wrong there.
        why: Malformation,
    },
    /// It has too many rows.
    TooManyRows {
        /// How many it may have.
        most: u64,
    },
    /// It is larger than [`LARGEST_FILE`].
    TooLarge,
    /// The connection was lost; what was written until then stays.
    ConnectionLost,
    /// Something else.
    Problem(Problem),
}

/// Why a file is no table of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformation {
    /// A column that has to be there is not.
    ColumnMissing(String),
    /// A column is there twice.
    ColumnTwice(String),
    /// It has more columns than a table of users can have.
    TooManyColumns,
    /// A quotation mark is never closed.
    QuoteOpen,
    /// It is not in UTF-8.
    NotUtf8,
}

/// How far the page is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// No file is chosen.
    Choosing,
    /// The file is being checked.
    Checking,
    /// It was checked: this is what an import would do.
    Checked(ImportReport),
    /// It is being imported.
    Importing {
        /// How many rows were read.
        done: u64,
        /// Of how many.
        rows: u64,
    },
    /// It was imported.
    Imported(ImportReport),
    /// It was not.
    Failed(ImportFailure),
}

/// What is under way on the page.
#[derive(Clone, Copy)]
struct Import {
    template: StoredValue<String>,
    /// The name of the chosen file.
    file: RwSignal<Option<String>>,
    stage: RwSignal<Stage>,
    /// Counts what was begun, so that what a file told that was since replaced changes nothing.
    attempt: StoredValue<u32>,
}

impl Import {
    fn new(template: String) -> Self {
        Self {
            template: StoredValue::new(template),
            file: RwSignal::new(None),
            stage: RwSignal::new(Stage::Choosing),
            attempt: StoredValue::new(0),
        }
    }

    /// Begins anew, without a file.
    fn forget(self) {
        Upload::forget();
        self.file.set(None);
        self.attempt.update_value(|attempt| *attempt += 1);
        self.stage.set(Stage::Choosing);
    }

    /// Checks the chosen file.
    fn check(self) {
        self.file.set(Upload::chosen().map(|file| file.name()));
        self.send(Stage::Checking, true, false, Stage::Checked);
    }

    /// Takes the chosen file in, which has so many rows.
    fn take_in(self, rows: u64, all_or_nothing: bool) {
        let told = |report: ImportReport| if report.written { Stage::Imported(report) } else { Stage::Checked(report) };
        self.send(Stage::Importing { done: 0, rows }, false, all_or_nothing, told);
    }

    fn send(self, under_way: Stage, dry_run: bool, all_or_nothing: bool, done: fn(ImportReport) -> Stage) {
        self.attempt.update_value(|attempt| *attempt += 1);
        let Some(file) = Upload::chosen() else { return self.stage.set(Stage::Choosing) };
        if file.is_too_large() {
            return self.stage.set(Stage::Failed(ImportFailure::TooLarge));
        }
        self.stage.set(under_way);
        let attempt = self.attempt.get_value();
        let tell = move |news| {
            // The page may have been left, or another file chosen.
            if self.attempt.try_get_value() == Some(attempt) {
                self.stage.update(|stage| match news {
                    ImportNews::Progress { rows: read } => {
                        if let Stage::Importing { done, .. } = stage {
                            *done = read;
                        }
                    }
                    ImportNews::Done(report) => *stage = done(report),
                    ImportNews::Failed(failure) => *stage = Stage::Failed(failure),
                });
            }
        };
        spawn_local(upload::send(file, self.template.get_value(), dry_run, all_or_nothing, tell));
    }
}

/// Import.
#[component]
pub fn ImportUsers() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = move || params.read().get("id").unwrap_or_default();
    let customer = move || query.read().get("customer");
    let template = Resource::new_blocking(move || (id(), customer()), |(id, customer)| get_template(id, customer));
    loaded(template, move |(template, name)| view! { <Page template customer=customer() name/> })
}

#[component]
fn Page(template: TemplateDetail, customer: Option<String>, name: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let import = Import::new(template.id.clone());
    let back = UserFilter { customer: customer.clone(), exclude_provisioned: false };
    let users = address::users(&template.id, back);
    let mut way: Vec<_> = crumb(name, customer.as_deref()).into_iter().collect();
    way.push((template.name.into_any(), address::template(&template.id, customer)));
    way.push((t!(i18n, hub.status.title).into_any(), users.clone()));
    // A browser may have kept the file that was chosen before the page was loaded again.
    Effect::new(move || {
        if Upload::chosen().is_some() {
            import.check();
        }
    });
    let busy = move || matches!(*import.stage.read(), Stage::Importing { .. });
    let over = Memo::new(move |_| matches!(*import.stage.read(), Stage::Imported(_)));
    Effect::new(move || {
        if over.get() {
            focus::keep_on_result();
        }
    });
    view! {
        <Title text=move || t_string!(i18n, hub.importing.title)/>
        <Breadcrumbs way here=Signal::derive(move || t_string!(i18n, hub.importing.title).to_owned())/>
        <header class="page-head">
            <h1>{t!(i18n, hub.importing.title)}</h1>
            <p class="lead">{t!(i18n, hub.importing.lead)}</p>
        </header>
        <Show when=move || !over.get()>
            <section class="card form">
                <FileField
                    name=upload::FIELD
                    label=move || t_string!(i18n, hub.importing.file)
                    hint=move || t_string!(i18n, hub.importing.file_hint)
                    chosen=import.file
                    input=view! {
                        <{..}
                            accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
                            disabled=busy
                            on:click=move |_| import.forget()
                            on:change=move |_| import.check()
                        />
                    }
                />
                <p class="field-hint">{t!(i18n, hub.importing.provisioning)}</p>
            </section>
        </Show>
        <Announcement import/>
        <Outcome import users/>
    }
}

/// How far it is, read out as it changes.
#[component]
fn Announcement(import: Import) -> impl IntoView {
    let i18n = use_i18n();
    let shown = move || match import.stage.get() {
        Stage::Choosing | Stage::Failed(_) => ().into_any(),
        Stage::Checking => view! {
            <p class="loading">
                <Spinner/>
                {t!(i18n, hub.importing.checking)}
            </p>
        }
        .into_any(),
        Stage::Importing { rows, .. } => view! {
            <p class="loading">
                <Spinner/>
                {t!(i18n, hub.importing.importing, done = move || done(import), rows = move || rows)}
            </p>
        }
        .into_any(),
        Stage::Checked(report) => {
            let (tone, words) = match report {
                ImportReport { refused: refused @ 1.., .. } => {
                    (Tone::Warning, t!(i18n, hub.importing.refused_lead, count = move || refused).into_any())
                }
                ImportReport { rows: 0, .. } => (Tone::Info, t!(i18n, hub.importing.no_rows).into_any()),
                ImportReport { added: 0, .. } => (Tone::Info, t!(i18n, hub.importing.nothing_new).into_any()),
                _ => (Tone::Success, t!(i18n, hub.importing.all_good).into_any()),
            };
            view! { <p class=tone.class()>{words}</p> }.into_any()
        }
        Stage::Imported(report) => {
            view! { <h2>{t!(i18n, hub.importing.done, count = move || report.added)}</h2> }.into_any()
        }
    };
    view! { <div role="status">{shown}</div> }
}

fn done(import: Import) -> u64 {
    match *import.stage.read() {
        Stage::Importing { done, .. } => done,
        _ => 0,
    }
}

/// What came of it, and what can be done next.
#[component]
fn Outcome(import: Import, users: String) -> impl IntoView {
    let i18n = use_i18n();
    // The progress alone makes nothing new here.
    let stage = Memo::new(move |_| match import.stage.get() {
        Stage::Importing { rows, .. } => Stage::Importing { done: 0, rows },
        stage => stage,
    });
    move || {
        match stage.get() {
        Stage::Choosing | Stage::Checking => ().into_any(),
        Stage::Failed(failure) => view! { <Failed failure/> }.into_any(),
        Stage::Importing { rows, .. } => view! {
            <progress class="progress" max=rows value=move || done(import) aria-label=move || t_string!(i18n, hub.importing.progress)></progress>
            <p class="lead">{t!(i18n, hub.importing.stay)}</p>
        }
        .into_any(),
        Stage::Checked(report) => view! {
            <Numbers report=report.clone()/>
            <Ignored columns=report.ignored_columns/>
            <Decision import rows=report.rows added=report.added refused=report.refused/>
            <Problems problems=report.problems/>
        }
        .into_any(),
        Stage::Imported(report) => view! {
            <Numbers report=report.clone()/>
            <Ignored columns=report.ignored_columns/>
            <p class="actions">
                <a href=users.clone() class=Emphasis::Primary.class()>{t!(i18n, hub.importing.show_users)}</a>
                <button
                    type="button"
                    class=Emphasis::Secondary.class()
                    on:click=move |_| {
                        import.forget();
                        focus::keep();
                    }
                >
                    {t!(i18n, hub.importing.another)}
                </button>
            </p>
            <Problems problems=report.problems/>
        }
        .into_any(),
    }
    }
}

#[component]
fn Numbers(report: ImportReport) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <dl class="summary">
            <div data-tone="good">
                <dt>{t!(i18n, hub.importing.added)}</dt>
                <dd>{report.added}</dd>
            </div>
            <div data-tone="off">
                <dt>{t!(i18n, hub.importing.there)}</dt>
                <dd>{report.already_there}</dd>
            </div>
            <div data-tone="bad">
                <dt>{t!(i18n, hub.importing.refused)}</dt>
                <dd>{report.refused}</dd>
            </div>
        </dl>
    }
}

/// The columns that nobody knows: somebody may believe that they were read.
#[component]
fn Ignored(columns: Vec<String>) -> impl IntoView {
    let i18n = use_i18n();
    (!columns.is_empty()).then(|| {
        view! {
            <p class=Tone::Warning.class()>
                {t!(i18n, hub.importing.ignored)} " " <span translate="no">{columns.join(", ")}</span>
            </p>
        }
    })
}

/// Whether to import what was checked.
#[component]
fn Decision(import: Import, rows: u64, added: u64, refused: u64) -> impl IntoView {
    let i18n = use_i18n();
    let strict = RwSignal::new(false);
    let blocked = Memo::new(move |_| strict.get() && refused > 0);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        import.take_in(rows, strict.get_untracked());
    };
    (added > 0).then(|| {
        view! {
            <form class="form" on:submit=send>
                {(refused > 0).then(|| view! {
                    <div class="choice">
                        <input
                            type="checkbox"
                            id="strict"
                            aria-describedby="strict-hint"
                            on:change=move |event| strict.set(event_target_checked(&event))
                        />
                        <label for="strict">{t!(i18n, hub.importing.strict)}</label>
                        <p class="field-hint" id="strict-hint">{t!(i18n, hub.importing.strict_hint)}</p>
                    </div>
                })}
                <p class="actions">
                    <SubmitButton unavailable=blocked>
                        {t!(i18n, hub.importing.submit, count = move || added)}
                    </SubmitButton>
                    <span class="muted" role="status">
                        {move || blocked.get().then_some(t!(i18n, hub.importing.strict_blocks))}
                    </span>
                </p>
            </form>
        }
    })
}

/// Why nothing came of it.
#[component]
fn Failed(failure: ImportFailure) -> impl IntoView {
    let i18n = use_i18n();
    let text = match failure {
        ImportFailure::Problem(problem) => view! { <ProblemText problem/> }.into_any(),
        ImportFailure::Malformed { line, why } => {
            // The others say themselves what to do.
            let foreign =
                matches!(why, Malformation::ColumnMissing(_) | Malformation::TooManyColumns | Malformation::NotUtf8);
            view! {
                <p>{t!(i18n, hub.importing.at_line, line = move || line)} " " {malformation(why)}</p>
                {foreign.then(|| view! { <p>{t!(i18n, hub.importing.unreadable)}</p> })}
            }
            .into_any()
        }
        ImportFailure::TooManyRows { most } => {
            view! { <p>{t!(i18n, hub.importing.too_many_rows, most = move || most)}</p> }.into_any()
        }
        ImportFailure::TooLarge => {
            view! { <p>{t!(i18n, hub.importing.too_large, most = || LARGEST_MEGABYTES)}</p> }.into_any()
        }
        ImportFailure::ConnectionLost => view! { <p>{t!(i18n, hub.importing.connection_lost)}</p> }.into_any(),
    };
    view! {
        <div class=Tone::Error.class() role="alert">
            <p class="notice-title">{t!(i18n, hub.importing.failed)}</p>
            {text}
        </div>
    }
}

fn malformation(why: Malformation) -> AnyView {
    let i18n = use_i18n();
    match why {
        Malformation::ColumnMissing(column) => {
            t!(i18n, hub.importing.column_missing, column = move || column.clone()).into_any()
        }
        Malformation::ColumnTwice(column) => {
            t!(i18n, hub.importing.column_twice, column = move || column.clone()).into_any()
        }
        Malformation::TooManyColumns => t!(i18n, hub.importing.too_many_columns).into_any(),
        Malformation::QuoteOpen => t!(i18n, hub.importing.quote_open).into_any(),
        Malformation::NotUtf8 => t!(i18n, hub.importing.not_utf8).into_any(),
    }
}
