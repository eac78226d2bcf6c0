//! The links below a list that is paged by key.

use leptos::prelude::*;

use super::{busy::use_busy, button::Emphasis};
use crate::i18n::*;

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
            <nav class="pager" aria-label=text!(i18n, ui.paging.label) inert=busy>
                <p class="pager-position">{move || position.get()}</p>
                {first.map(|href| view! { <a href=href class=secondary>{text!(i18n, ui.paging.first)}</a> })}
                {previous.map(|href| view! { <a href=href class=secondary>{text!(i18n, ui.paging.previous)}</a> })}
                {next.map(|href| view! { <a href=href class=secondary>{text!(i18n, ui.paging.next)}</a> })}
            </nav>
        }
    })
}
