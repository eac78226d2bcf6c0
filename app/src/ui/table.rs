//! Tables that become cards where the window is narrow.
//!
//! The roles are written out because a browser forgets what a table is once its cells are laid out as blocks.

use leptos::{prelude::*, text_prop::TextProp};

use super::{busy::use_busy, button::Emphasis};
use crate::i18n::*;

/// A table. Its children are the rows.
#[component]
pub fn Table(
    /// Its accessible name.
    #[prop(into)]
    label: TextProp,
    /// The headings of its columns.
    columns: Vec<AnyView>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let busy = use_busy();
    let headings = columns.into_iter().map(|heading| view! { <th role="columnheader" scope="col">{heading}</th> });
    view! {
        <table class="table" role="table" aria-label=move || label.get() inert=busy>
            <thead role="rowgroup">
                <tr role="row">{headings.collect_view()}</tr>
            </thead>
            <tbody role="rowgroup">{children()}</tbody>
        </table>
    }
}

/// A cell; `label` heads it where the row is a card.
#[component]
pub fn Cell(
    /// The heading of its column.
    #[prop(into)]
    label: TextProp,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <td role="cell" data-label=move || label.get()>
            {children()}
        </td>
    }
}

/// The links below a list that is paged by key.
#[component]
pub fn Pager(
    /// The address of the first page, unless this is it.
    first: Option<String>,
    /// The address of the previous page, if there is one.
    #[prop(optional_no_strip)]
    previous: Option<String>,
    /// The address of the next page, if there is one.
    next: Option<String>,
    /// Which part of the list this page is, in words.
    #[prop(into, optional)]
    position: MaybeProp<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let busy = use_busy();
    let secondary = Emphasis::Secondary.class();
    (first.is_some() || previous.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label=move || t_string!(i18n, hub.paging.label) inert=busy>
                <p class="pager-position">{move || position.get()}</p>
                {first.map(|href| view! { <a href=href class=secondary>{t!(i18n, hub.paging.first)}</a> })}
                {previous.map(|href| view! { <a href=href class=secondary>{t!(i18n, hub.paging.previous)}</a> })}
                {next.map(|href| view! { <a href=href class=secondary>{t!(i18n, hub.paging.next)}</a> })}
            </nav>
        }
    })
}

/// What stands where a list has nothing to show.
#[component]
pub fn Empty(
    /// That nothing is there.
    title: AnyView,
    /// Why, and what brings something.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p>{children()}</p>
        </div>
    }
}
