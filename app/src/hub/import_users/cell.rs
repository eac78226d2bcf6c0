//! What is wrong with which cell, in the reader's language.

use leptos::prelude::*;

use crate::{
    hub::{
        import_words::{cause, column, remedy},
        model::CellProblem,
    },
    i18n::*,
    ui::{
        clipboard::CopyButton,
        table::{Cell, Table},
    },
};

/// The most problems that stand on the page; a browser is slow with ten thousand.
const SHOWN: usize = 100;

/// The list of what is wrong; all of it can be copied.
#[component]
pub(super) fn Problems(problems: Vec<CellProblem>) -> impl IntoView {
    let i18n = use_i18n();
    if problems.is_empty() {
        return ().into_any();
    }
    let columns = vec![
        text!(i18n, hub.importing.line).into_any(),
        text!(i18n, hub.importing.column).into_any(),
        text!(i18n, hub.importing.wrong).into_any(),
        text!(i18n, hub.importing.todo).into_any(),
    ];
    let rows = problems.iter().take(SHOWN).cloned().map(|problem| view! { <Row problem/> }).collect_view();
    let more = problems.len().saturating_sub(SHOWN);
    let text = Signal::derive(move || as_text(i18n.get_locale(), &problems));
    view! {
        <div class="toolbar">
            <h2 id="problems-title">{text!(i18n, hub.importing.problems)}</h2>
            <CopyButton label=text!(i18n, hub.importing.copy_problems) text/>
        </div>
        <Table label=text!(i18n, hub.importing.problems) columns>
            {rows}
        </Table>
        {(more > 0).then(|| view! { <p class="lead">{t!(i18n, hub.importing.more, count = move || more)}</p> })}
    }
    .into_any()
}

#[component]
fn Row(problem: CellProblem) -> impl IntoView {
    let i18n = use_i18n();
    let CellProblem { line, field, fault } = problem;
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.importing.line)>{line}</Cell>
            <Cell label=text!(i18n, hub.importing.column)>
                <span translate="no">{column(field)}</span>
            </Cell>
            <Cell label=text!(i18n, hub.importing.wrong)>
                <span class="fault">{move || cause(i18n.get_locale(), fault)} " " <span class="code">{fault.code()}</span></span>
            </Cell>
            <Cell label=text!(i18n, hub.importing.todo)>{move || remedy(i18n.get_locale(), field, fault)}</Cell>
        </tr>
    }
}

/// One problem per line, its cells apart by tabs as spreadsheets take them.
fn as_text(locale: Locale, problems: &[CellProblem]) -> String {
    let head = [
        td_string!(locale, hub.importing.line),
        td_string!(locale, hub.importing.column),
        td_string!(locale, hub.importing.wrong),
        td_string!(locale, hub.importing.todo),
    ];
    let lines = problems.iter().map(|CellProblem { line, field, fault }| {
        format!("\n{line}\t{}\t{}\t{}", column(*field), cause(locale, *fault), remedy(locale, *field, *fault))
    });
    std::iter::once(head.join("\t")).chain(lines).collect()
}
