//! Copying text.

use leptos::{prelude::*, task::spawn_local, text_prop::TextProp};

use super::{button::Emphasis, toast::Toasts};
use crate::i18n::*;

/// Copies a text, if the browser lets it: it does so only on secure pages and after a user's action.
pub async fn copy(text: &str) -> bool {
    #[cfg(feature = "hydrate")]
    {
        use wasm_bindgen::{JsCast as _, JsValue};
        // An insecure page has no clipboard at all, and a browser that shows somebody's app may have none.
        let navigator = window().navigator();
        let clipboard = js_sys::Reflect::get(&navigator, &JsValue::from("clipboard")).unwrap_or_default();
        match clipboard.is_object() {
            true => {
                let clipboard = clipboard.unchecked_into::<leptos::web_sys::Clipboard>();
                wasm_bindgen_futures::JsFuture::from(clipboard.write_text(text)).await.is_ok()
            }
            false => false,
        }
    }
    #[cfg(not(feature = "hydrate"))]
    {
        let _ = text;
        false
    }
}

/// A button in a dialog that copies a text, and beside it what came of that: a toast would stand behind the dialog.
#[component]
pub fn CopyHere(
    /// The text.
    text: String,
    /// What it is called on the button.
    #[prop(into)]
    label: Signal<&'static str>,
    /// Whether it has the focus when the dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// What else stands between the two.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    let copied = RwSignal::new(None::<bool>);
    let copy_it = move |_| {
        let text = text.clone();
        spawn_local(async move {
            let done = copy(&text).await;
            _ = copied.try_set(Some(done));
        });
    };
    let outcome = move || {
        copied.get().map(|done| match done {
            true => t_string!(i18n, ui.copied),
            false => t_string!(i18n, ui.copy_blocked),
        })
    };
    view! {
        <button type="button" class=Emphasis::Primary.class() autofocus=autofocus on:click=copy_it>
            {label}
        </button>
        {children.map(|more| more())}
        <span class="secret-copied" role="status">{outcome}</span>
    }
}

/// A button that copies a text and says so.
#[component]
pub fn CopyButton(
    /// What it copies: its accessible name.
    #[prop(into)]
    label: TextProp,
    /// The text.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::here();
    let copy = move |_| {
        let text = text.get_untracked();
        spawn_local(async move {
            toasts.show(if copy(&text).await {
                tu_string!(i18n, ui.copied)
            } else {
                tu_string!(i18n, ui.copy_blocked)
            });
        });
    };
    view! {
        <button type="button" class=Emphasis::Secondary.class() aria-label=move || label.get() on:click=copy>
            {text!(i18n, ui.copy)}
        </button>
    }
}
