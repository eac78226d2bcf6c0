//! What stands where a list has nothing to show.

use leptos::prelude::*;

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
