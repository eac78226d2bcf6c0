//! A secret that is shown this once: an API token, an invitation.

use leptos::{html, prelude::*, task::spawn_local};

use crate::{
    i18n::*,
    ui::{button::Emphasis, clipboard, dialog_foot::DialogFoot, notice::Tone},
};

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
    let i18n = use_i18n();
    let field = NodeRef::<html::Input>::new();
    let copied = RwSignal::new(None::<bool>);
    Effect::new(move || {
        if let Some(field) = field.get() {
            _ = field.focus();
            field.select();
        }
    });
    let copy_it = {
        let secret = secret.clone();
        move |_| {
            let secret = secret.clone();
            spawn_local(async move {
                let done = clipboard::copy(&secret).await;
                _ = copied.try_set(Some(done));
            });
        }
    };
    // A toast would stand behind the dialog.
    let outcome = move || {
        copied.get().map(|done| match done {
            true => t_string!(i18n, ui.copied),
            false => t_string!(i18n, ui.copy_blocked),
        })
    };
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
                    value=secret
                    translate="no"
                    spellcheck="false"
                    autocomplete="off"
                />
                <button type="button" class=Emphasis::Primary.class() on:click=copy_it>
                    {copy}
                </button>
                <span class="secret-copied" role="status">{outcome}</span>
            </div>
            <p class="lead">{hint}</p>
            <p role="alert" class=move || reminded.get().then_some(Tone::Warning.class())>
                {move || reminded.get().then(|| reminder.get())}
            </p>
            <DialogFoot way_out=move || done.get() on_leave=move || at_risk.set(false)/>
        </div>
    }
}
