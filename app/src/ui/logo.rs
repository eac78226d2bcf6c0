//! Flowthrough's mark.

use leptos::prelude::*;

/// The mark alone; the name stands beside it as text.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" width="32" height="32" aria-hidden="true" focusable="false">
            <rect class="logo-ground" width="32" height="32" rx="9"/>
            <path class="logo-flow" d="M7 12.5c4.5 0 4.5-3 9-3s4.5 3 9 3" fill="none" stroke-width="2.6" stroke-linecap="round"/>
            <path class="logo-flow" d="M7 19.5c4.5 0 4.5 3 9 3s4.5-3 9-3" fill="none" stroke-width="2.6" stroke-linecap="round"/>
            <path class="logo-flow" d="M9 16h13m-3.6-3.4L22 16l-3.6 3.4" fill="none" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>
        </svg>
    }
}
