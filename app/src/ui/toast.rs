//! Short messages about what was just done, read out politely. Good news goes after a while; bad news waits for its reader.

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
    bad: bool,
}

impl Toasts {
    /// The toasts of the page.
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Shows a message for a few seconds.
    pub fn show(self, text: impl Into<String>) {
        if let Some(id) = self.add(text.into(), false) {
            set_timeout(move || self.dismiss(id), SHOWN_FOR);
        }
    }

    /// Shows a message about something that went wrong until its reader takes it away.
    pub fn warn(self, text: impl Into<String>) {
        self.add(text.into(), true);
    }

    /// Nothing, where the page was left before the message came.
    fn add(self, text: String, bad: bool) -> Option<u32> {
        self.0.try_update(|toasts| {
            let id = toasts.last().map_or(0, |last| last.id + 1);
            toasts.push(Toast { id, text, bad });
            id
        })
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
                <p class="toast" data-bad=toast.bad.then_some("")>
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
