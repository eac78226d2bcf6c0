//! Something is under way.

use leptos::prelude::*;

/// A turning ring. Says nothing to a screen reader: the text beside it does.
#[component]
pub fn Spinner() -> impl IntoView {
    view! { <span class="spinner" aria-hidden="true"></span> }
}
