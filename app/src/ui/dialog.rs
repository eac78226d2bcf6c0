//! A modal dialog on the browser's own `<dialog>`: it traps the focus, closes on Esc and gives the focus back.

use leptos::{ev, html, prelude::*};

use super::focus;

/// Closes the dialog around the component that asks for it.
#[derive(Clone, Copy)]
pub struct CloseDialog(NodeRef<html::Dialog>, Entered);

impl CloseDialog {
    /// The close function of the surrounding [`Dialog`].
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Closes it; what opened it hears of that through `on_close`.
    pub fn close(self) {
        self.1.forget();
        // It may be gone by the time an answer comes.
        if let Some(Some(dialog)) = self.0.try_get_untracked() {
            dialog.close();
        }
    }
}

/// What was entered in the dialog around the component that asks for it: Esc and a phone's back gesture do not lose it without a word.
#[derive(Clone, Copy)]
pub struct Entered {
    unsent: RwSignal<bool>,
    in_doubt: RwSignal<bool>,
}

impl Entered {
    fn nothing() -> Self {
        Self { unsent: RwSignal::new(false), in_doubt: RwSignal::new(false) }
    }

    /// That of the surrounding [`Dialog`].
    #[must_use]
    pub fn here() -> Self {
        expect_context()
    }

    /// Something was entered.
    pub fn set(self) {
        self.unsent.set(true);
    }

    /// It was sent, or is given up: nothing would be lost any more.
    pub fn forget(self) {
        _ = self.unsent.try_set(false);
    }

    /// Whether something would be lost.
    #[must_use]
    pub fn unsent(self) -> Signal<bool> {
        self.unsent.into()
    }

    /// Whether somebody wanted to close the dialog nevertheless, and is to be asked. Who is answered sets it back.
    #[must_use]
    pub const fn in_doubt(self) -> RwSignal<bool> {
        self.in_doubt
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
    let (node, entered) = (NodeRef::new(), Entered::nothing());
    provide_context(entered);
    provide_context(CloseDialog(node, entered));
    Effect::new(move || {
        let Some(dialog) = node.get() else { return };
        // An open dialog is refused, and a dialog that is taken out in this moment: neither needs opening.
        _ = dialog.show_modal();
    });
    // Answers whether it stays open.
    let object = move || {
        let (held, unsent) = (held.get_untracked(), entered.unsent.get_untracked());
        match on_held {
            Some(on_held) if held => on_held.run(()),
            _ => entered.in_doubt.set(unsent && !held),
        }
        held || unsent
    };
    let hold = move |event: ev::Event| {
        if object() {
            event.prevent_default();
        }
    };
    let closed = move || {
        // A browser lets itself be kept from closing a dialog only so often.
        if let (true, Some(dialog)) = (held.get_untracked() || entered.unsent.get_untracked(), node.get_untracked()) {
            _ = dialog.show_modal();
            object();
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
                    // It is no other dialog's in which this one may stand.
                    event.stop_propagation();
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
