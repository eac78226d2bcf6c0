//! A modal dialog on the browser's own `<dialog>`: it traps the focus, closes on Esc and gives the focus back.

use leptos::{ev, html, prelude::*};

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
        if let Some(dialog) = self.0.get_untracked() {
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
    view! {
        <dialog class="dialog" aria-labelledby="dialog-title" node_ref=node on:close=move |_: ev::Event| on_close()>
            <h2 id="dialog-title" class="dialog-title">
                {title}
            </h2>
            {children()}
        </dialog>
    }
}
