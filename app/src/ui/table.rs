//! Tables that become cards where the window is narrow.
//!
//! The roles are written out because a browser forgets what a table is once its cells are laid out as blocks.

use std::iter;

use leptos::{prelude::*, text_prop::TextProp};

use super::busy::use_busy;

/// A table. Its children are the rows.
#[component]
pub fn Table(
    /// Its accessible name.
    #[prop(into)]
    label: TextProp,
    /// The headings of its columns.
    columns: Vec<AnyView>,
    /// What the first column is called, where more than its name stands in its heading.
    #[prop(optional, into)]
    first: Option<TextProp>,
    /// The rows.
    children: Children,
) -> impl IntoView {
    let busy = use_busy();
    let mut names = iter::once(first).chain(iter::repeat(None));
    let headings = columns.into_iter().map(|heading| {
        let name = names.next().flatten();
        view! {
            <th role="columnheader" scope="col" aria-label=move || name.as_ref().map(|name| name.get().into_owned())>
                {heading}
            </th>
        }
    });
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
