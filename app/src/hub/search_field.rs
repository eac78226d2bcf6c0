//! The field of the search over all users, which stands on every page.

use leptos::{ev, html, prelude::*};

use super::address;
use crate::i18n::*;

/// The search, in the bar above every page: `/` leads there. A form of its own: it works without JavaScript.
#[component]
pub(super) fn SearchField() -> impl IntoView {
    let i18n = use_i18n();
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        let listener = window_event_listener(ev::keydown, move |event| {
            let plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            if event.key() == "/"
                && plain
                && !is_typed_into(&event)
                && let Some(field) = field.get_untracked()
            {
                event.prevent_default();
                _ = field.focus();
                field.select();
            }
        });
        on_cleanup(move || listener.remove());
    });
    view! {
        <form method="get" action=address::SEARCH class="topbar-search" role="search" aria-label=text!(i18n, hub.search.find)>
            <input
                node_ref=field
                type="search"
                name=address::SEARCHED
                class="input"
                aria-label=text!(i18n, hub.search.find)
                aria-keyshortcuts="/"
                placeholder=text!(i18n, hub.search.find)
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                enterkeyhint="search"
            />
        </form>
    }
}

/// Whether a key belongs to whoever types there.
fn is_typed_into(event: &ev::KeyboardEvent) -> bool {
    let target = event_target::<leptos::web_sys::Element>(event);
    target.closest("input, textarea, select, dialog, [contenteditable]").ok().flatten().is_some()
}
