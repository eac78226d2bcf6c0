//! A modal dialog on the browser's own `<dialog>`: it traps the focus, closes on Esc and gives the focus back.

use leptos::{ev, html, prelude::*};

use super::focus;

/// Closes the dialog around the component that asks for it.
#[derive(Clone, Copy)]
pub struct CloseDialog(NodeRef<html::Dialog>);

impl CloseDialog {
    /// The close function of the surrounding [`Dialog`].
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Closes it; what opened it hears of that through `on_close`.
    pub fn close(self) {
        // It may be gone by the time an answer comes.
        if let Some(Some(dialog)) = self.0.try_get_untracked() {
            dialog.close();
        }
    }
}

/// A modal dialog that opens as soon as it is in the page. Its owner takes it out when it hears `on_close`.
///
/// Focus goes to the element inside that has `autofocus`, else to the first one that can take it.
///
/// ```ignore
/// <Show when=move || asking.get()>
///     <Dialog title="Delete User" on_close=move || asking.set(false)>…</Dialog>
/// </Show>
/// ```
#[component]
pub fn Dialog(
    /// Its heading and accessible name.
    #[prop(into)]
    title: Signal<String>,
    /// While true, it stays open: Esc and a phone's back gesture only call `on_held`. What it shows would be lost.
    #[prop(into, optional)]
    held: Signal<bool>,
    /// Somebody wanted to close it while it was `held`.
    #[prop(into, optional)]
    on_held: Option<Callback<()>>,
    /// Called once it is closed, however that came about.
    on_close: impl Fn() + 'static,
    /// What it holds; may call [`CloseDialog`].
    children: Children,
) -> impl IntoView {
    let node = NodeRef::new();
    provide_context(CloseDialog(node));
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        // An open dialog is refused, and a dialog that is taken out in this moment: neither needs opening.
        _ = dialog.show_modal();
    });
    let hold = move |event: ev::Event| {
        if held.get_untracked() {
            event.prevent_default();
            if let Some(on_held) = on_held {
                on_held.run(());
            }
        }
    };
    let closed = move || {
        // A browser lets itself be kept from closing a dialog only so often.
        if let (true, Some(dialog)) = (held.get_untracked(), node.get_untracked()) {
            _ = dialog.show_modal();
            return;
        }
        on_close();
        focus::keep();
    };
    view! {
        <dialog
            class="dialog"
            aria-label=title
            node_ref=node
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" {
                    hold(event.into());
                }
            }
            on:cancel=hold
            on:close=move |_: ev::Event| closed()
        >
            <div class="dialog-body">
                <h2 class="dialog-title">{title}</h2>
                {children()}
            </div>
        </dialog>
    }
}
