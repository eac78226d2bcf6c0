//! Short messages about what was just done, read out politely. Good news goes after a while; bad news waits for its reader.

use std::time::Duration;

use leptos::prelude::*;

use crate::i18n::*;

/// Long enough to read a sentence twice.
const SHOWN_FOR: Duration = Duration::from_secs(7);

/// Shows toasts from anywhere below [`Toaster`]. There is one toast about one thing: newer news of it takes its place.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    /// Never used twice: the timer of a toast that is gone must not take another one away.
    next_id: StoredValue<u32>,
}

#[derive(Clone, PartialEq)]
struct Toast {
    id: u32,
    /// What it is about.
    about: String,
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
        let text = text.into();
        self.show_about(&text.clone(), text);
    }

    /// Shows a message for a few seconds, in place of what was last said about the same thing.
    pub fn show_about(self, about: &str, text: impl Into<String>) {
        if let Some(id) = self.put(about, text.into(), false) {
            set_timeout(move || self.dismiss(id), SHOWN_FOR);
        }
    }

    /// Shows a message about something that went wrong until its reader takes it away, in place of what was last said
    /// about the same thing.
    pub fn warn_about(self, about: &str, text: impl Into<String>) {
        self.put(about, text.into(), true);
    }

    /// Nothing, where the page was left before the message came.
    fn put(self, about: &str, text: String, bad: bool) -> Option<u32> {
        let id = self.next_id.try_update_value(|next| std::mem::replace(next, *next + 1))?;
        let toast = Toast { id, about: about.to_owned(), text, bad };
        self.shown.try_update(|shown| match shown.iter_mut().find(|former| former.about == toast.about) {
            Some(former) => *former = toast,
            None => shown.push(toast),
        })?;
        Some(id)
    }

    fn dismiss(self, id: u32) {
        // The page may have been left before the time was up.
        _ = self.shown.try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

/// The corner where toasts appear. The live region is there from the start: one that comes with its text is not read.
#[component]
pub fn Toaster(
    /// The page, which shows toasts by [`Toasts::here`].
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts { shown: RwSignal::default(), next_id: StoredValue::default() };
    provide_context(toasts);
    view! {
        {children()}
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.shown.get() key=|toast| toast.id let:toast>
                <p class="toast" data-bad=toast.bad.then_some("")>
                    <span>{toast.text}</span>
                    <button
                        type="button"
                        class="toast-close"
                        aria-label=text!(i18n, ui.close)
                        on:click=move |_| toasts.dismiss(toast.id)
                    ></button>
                </p>
            </For>
        </div>
    }
}
