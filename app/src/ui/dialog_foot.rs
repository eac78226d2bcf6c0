//! The foot of a dialog: the way out of it, and what it is for.

use leptos::{prelude::*, text_prop::TextProp};

use super::{button::Emphasis, dialog::CloseDialog};
use crate::i18n::*;

/// The foot of a [`super::dialog::Dialog`], in sight however far the rest is scrolled. Its first button leaves the dialog.
///
/// ```ignore
/// <DialogFoot><SubmitButton pending>"Delete"</SubmitButton></DialogFoot>
/// ```
#[component]
pub fn DialogFoot(
    /// What the way out is called, if not Cancel.
    #[prop(into, optional)]
    way_out: Option<TextProp>,
    /// Whether the way out has the focus when the dialog opens.
    #[prop(optional)]
    autofocus: bool,
    /// Called when that way is taken, before the dialog closes.
    #[prop(into, optional)]
    on_leave: Option<Callback<()>>,
    /// The button that does what the dialog is for.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let i18n = use_i18n();
    let dialog = CloseDialog::here();
    let leave = move |_| {
        if let Some(on_leave) = on_leave {
            on_leave.run(());
        }
        dialog.close();
    };
    let name = move || match &way_out {
        Some(name) => name.get(),
        None => t_string!(i18n, ui.cancel).into(),
    };
    view! {
        <p class="dialog-foot">
            <button type="button" class=Emphasis::Secondary.class() autofocus=autofocus on:click=leave>
                {name}
            </button>
            {children.map(|children| children())}
        </p>
    }
}
