//! A secret that is shown this once: an API token, an invitation.

use leptos::{html, prelude::*};

use crate::ui::{clipboard::CopyHere, dialog_foot::DialogFoot, notice::Tone};

/// The secret, selected, with a button that copies it and one that says that it was copied.
#[component]
pub(super) fn ShownOnce(
    /// The secret.
    secret: String,
    /// What it is.
    #[prop(into)]
    label: Signal<&'static str>,
    /// On the button that copies it.
    #[prop(into)]
    copy: Signal<&'static str>,
    /// That it is shown once.
    #[prop(into)]
    lead: Signal<&'static str>,
    /// What to do with it.
    #[prop(into)]
    hint: Signal<&'static str>,
    /// For whoever closes the dialog too early.
    #[prop(into)]
    reminder: Signal<&'static str>,
    /// On the button that says that it was copied.
    #[prop(into)]
    done: Signal<&'static str>,
    /// Until it was copied.
    at_risk: RwSignal<bool>,
    /// Whether somebody wanted to close the dialog before.
    reminded: RwSignal<bool>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            _ = field.focus();
            field.select();
        }
    });
    view! {
        <div class="form">
            <p>
                <strong>{lead}</strong>
            </p>
            <div class="secret">
                <input
                    class="input id"
                    node_ref=field
                    readonly
                    aria-label=label
                    value=secret.clone()
                    translate="no"
                    spellcheck="false"
                    autocomplete="off"
                />
                <CopyHere text=secret label=copy/>
            </div>
            <p class="lead">{hint}</p>
            <p role="alert" class=move || reminded.get().then_some(Tone::Warning.class())>
                {move || reminded.get().then(|| reminder.get())}
            </p>
            <DialogFoot way_out=move || done.get() on_leave=move || at_risk.set(false)/>
        </div>
    }
}
