//! Short messages about what was just done, read out politely and gone after a while.

use std::time::Duration;

use leptos::prelude::*;

use crate::i18n::*;

/// Long enough to read a sentence twice.
const SHOWN_FOR: Duration = Duration::from_secs(7);

/// Shows toasts from anywhere below [`Toaster`].
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<Vec<Toast>>);

#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    text: String,
}

impl Toasts {
    /// The toasts of the page.
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Shows a message for a few seconds.
    pub fn show(self, text: impl Into<String>) {
        let id = self.0.with_untracked(|toasts| toasts.last().map_or(0, |last| last.id + 1));
        let text = text.into();
        self.0.update(|toasts| toasts.push(Toast { id, text }));
        set_timeout(move || self.dismiss(id), SHOWN_FOR);
    }

    fn dismiss(self, id: u32) {
        // The page may have been left before the time was up.
        _ = self.0.try_update(|toasts| toasts.retain(|toast| toast.id != id));
    }
}

/// The corner where toasts appear. The live region is there from the start: one that comes with its text is not read.
#[component]
pub fn Toaster(
    /// The page, which shows toasts by [`Toasts::here`].
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts(RwSignal::default());
    provide_context(toasts);
    view! {
        {children()}
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.0.get() key=|toast| toast.id let:toast>
                <p class="toast">
                    <span>{toast.text}</span>
                    <button
                        type="button"
                        class="toast-close"
                        aria-label=move || t_string!(i18n, hub.close)
                        on:click=move |_| toasts.dismiss(toast.id)
                    ></button>
                </p>
            </For>
        </div>
    }
}
