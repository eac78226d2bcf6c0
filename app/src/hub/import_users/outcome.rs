//! How far an import is and what came of it, in words and numbers.

use leptos::{ev, prelude::*};

use super::{
    cell::Problems,
    failure::Failed,
    given_back::GivenBack,
    stage::{Import, Stage},
};
use crate::{
    hub::model::ImportReport,
    i18n::*,
    ui::{
        button::{Emphasis, SubmitButton},
        focus,
        notice::Tone,
        spinner::Spinner,
    },
};

/// How far it is, read out as it changes.
#[component]
pub(super) fn Announcement(import: Import) -> impl IntoView {
    let i18n = use_i18n();
    let shown = move || match import.stage.get() {
        Stage::Choosing | Stage::Failed(_) => ().into_any(),
        Stage::Checking => view! {
            <p class="loading">
                <Spinner/>
                {text!(i18n, hub.importing.checking)}
            </p>
        }
        .into_any(),
        Stage::Importing { rows, .. } => view! {
            <p class="loading">
                <Spinner/>
                {t!(i18n, hub.importing.importing, done = move || import.done(), rows = move || rows)}
            </p>
        }
        .into_any(),
        Stage::Checked(report) => {
            let (tone, words) = match report {
                ImportReport { refused: refused @ 1.., .. } => {
                    (Tone::Warning, t!(i18n, hub.importing.refused_lead, count = move || refused).into_any())
                }
                ImportReport { rows: 0, .. } => (Tone::Info, text!(i18n, hub.importing.no_rows).into_any()),
                ImportReport { added: 0, .. } => (Tone::Info, text!(i18n, hub.importing.nothing_new).into_any()),
                _ => (Tone::Success, text!(i18n, hub.importing.all_good).into_any()),
            };
            view! { <p class=tone.class()>{words}</p> }.into_any()
        }
        Stage::Imported(report) => {
            view! { <h2>{t!(i18n, hub.importing.done, count = move || report.added)}</h2> }.into_any()
        }
    };
    view! { <div role="status">{shown}</div> }
}

/// What came of it, and what can be done next.
#[component]
pub(super) fn Outcome(import: Import, users: String) -> impl IntoView {
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
            <progress class="progress" max=rows value=move || import.done() aria-label=text!(i18n, hub.importing.progress)></progress>
            <p class="lead">{text!(i18n, hub.importing.stay)}</p>
        }
        .into_any(),
        Stage::Checked(report) => view! {
            <Numbers report=report.clone()/>
            <Ignored columns=report.ignored_columns/>
            <Decision import rows=report.rows added=report.added refused=report.refused/>
            <GivenBack file=report.given_back/>
            <Problems problems=report.problems/>
        }
        .into_any(),
        Stage::Imported(report) => view! {
            <Numbers report=report.clone()/>
            <Ignored columns=report.ignored_columns/>
            <p class="actions">
                <a href=users.clone() class=Emphasis::Primary.class()>{text!(i18n, hub.importing.show_users)}</a>
                <button
                    type="button"
                    class=Emphasis::Secondary.class()
                    on:click=move |_| {
                        import.forget();
                        focus::keep();
                    }
                >
                    {text!(i18n, hub.importing.another)}
                </button>
            </p>
            <GivenBack file=report.given_back/>
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
                <dt>{text!(i18n, hub.importing.added)}</dt>
                <dd>{report.added}</dd>
            </div>
            <div data-tone="off">
                <dt>{text!(i18n, hub.importing.there)}</dt>
                <dd>{report.already_there}</dd>
            </div>
            <div data-tone="bad">
                <dt>{text!(i18n, hub.importing.refused)}</dt>
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
                {text!(i18n, hub.importing.ignored)} " " <span translate="no">{columns.join(", ")}</span>
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
            <form class="form" on:submit=send data-saves="">
                {(refused > 0).then(|| view! {
                    <div class="choice">
                        <input
                            type="checkbox"
                            id="strict"
                            aria-describedby="strict-hint"
                            on:change=move |event| strict.set(event_target_checked(&event))
                        />
                        <label for="strict">{text!(i18n, hub.importing.strict)}</label>
                        <p class="field-hint" id="strict-hint">{text!(i18n, hub.importing.strict_hint)}</p>
                    </div>
                })}
                <p class="actions">
                    <SubmitButton unavailable=blocked>
                        {t!(i18n, hub.importing.submit, count = move || added)}
                    </SubmitButton>
                    <span class="muted" role="status">
                        {move || blocked.get().then_some(text!(i18n, hub.importing.strict_blocks))}
                    </span>
                </p>
            </form>
        }
    })
}
