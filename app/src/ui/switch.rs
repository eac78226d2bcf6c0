//! A switch: on or off, at once.

use leptos::prelude::*;

/// A button with the role of a switch. Inside a form it sends it, so that it works without JavaScript too.
#[component]
pub fn Switch(
    /// Whether it is on.
    #[prop(into)]
    on: Signal<bool>,
    /// What it switches: its accessible name.
    #[prop(into)]
    label: Signal<String>,
) -> impl IntoView {
    view! {
        <button type="submit" role="switch" class="switch" aria-checked=move || on.get().to_string()>
            <span class="switch-track" aria-hidden="true"></span>
            {label}
        </button>
    }
}
