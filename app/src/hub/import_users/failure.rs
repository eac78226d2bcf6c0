//! Why nothing came of an import.

use leptos::prelude::*;

use crate::{
    hub::model::{ImportFailure, LARGEST_MEGABYTES, Malformation},
    i18n::*,
    ui::{notice::Tone, problem::ProblemText},
};

/// Why nothing came of it.
#[component]
pub(super) fn Failed(failure: ImportFailure) -> impl IntoView {
    let i18n = use_i18n();
    let text = match failure {
        ImportFailure::Problem(problem) => view! { <ProblemText problem/> }.into_any(),
        ImportFailure::Malformed { line, why } => {
            // The others say themselves what to do.
            let foreign =
                matches!(why, Malformation::ColumnMissing(_) | Malformation::TooManyColumns | Malformation::NotUtf8);
            view! {
                <p>{t!(i18n, hub.importing.at_line, line = move || line)} " " {malformation(why)}</p>
                {foreign.then(|| view! { <p>{text!(i18n, hub.importing.unreadable)}</p> })}
            }
            .into_any()
        }
        ImportFailure::TooManyRows { most } => {
            view! { <p>{t!(i18n, hub.importing.too_many_rows, most = move || most)}</p> }.into_any()
        }
        ImportFailure::TooLarge => {
            view! { <p>{t!(i18n, hub.importing.too_large, most = || LARGEST_MEGABYTES)}</p> }.into_any()
        }
        ImportFailure::ConnectionLost => view! { <p>{text!(i18n, hub.importing.connection_lost)}</p> }.into_any(),
    };
    view! {
        <div class=Tone::Error.class() role="alert">
            <p class="notice-title">{text!(i18n, hub.importing.failed)}</p>
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
        Malformation::TooManyColumns => text!(i18n, hub.importing.too_many_columns).into_any(),
        Malformation::QuoteOpen => text!(i18n, hub.importing.quote_open).into_any(),
        Malformation::QuoteStray => text!(i18n, hub.importing.quote_stray).into_any(),
        Malformation::Workbook => text!(i18n, hub.importing.workbook).into_any(),
        Malformation::NotUtf8 => text!(i18n, hub.importing.not_utf8).into_any(),
    }
}
