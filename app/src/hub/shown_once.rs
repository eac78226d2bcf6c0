//! Secrets that are shown this once: an API token, an invitation, recovery codes.

use leptos::{html, prelude::*};

use crate::ui::{
    clipboard::CopyHere, dialog::Dialog, dialog_foot::DialogFoot, notice::Tone, unsaved::AskBeforeLeaving,
};

/// A dialog out of which a secret comes: its children until then, and then the secret, which cannot be shown again. So it stays
/// until somebody says that they have it.
#[component]
pub(super) fn SecretDialog<S>(
    /// Its heading until then.
    #[prop(into)]
    title: Signal<&'static str>,
    /// Its heading afterwards.
    #[prop(into)]
    shown_title: Signal<&'static str>,
    /// The secret, once there is one.
    secret: RwSignal<Option<S>>,
    /// Shows it.
    show: impl Fn(S) -> AnyView + Send + 'static,
    /// For whoever closes the dialog too early.
    #[prop(into)]
    reminder: Signal<&'static str>,
    /// On the button that says that somebody has it.
    #[prop(into)]
    done: Signal<&'static str>,
    on_close: impl Fn() + 'static,
    children: ChildrenFn,
) -> impl IntoView
where
    S: Clone + Send + Sync + 'static,
{
    let (at_risk, reminded) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move || at_risk.set(secret.read().is_some()));
    let heading = move || if secret.read().is_some() { shown_title.get() } else { title.get() };
    view! {
        <Dialog
            title=Signal::derive(move || heading().to_owned())
            held=at_risk
            on_held=Callback::new(move |()| reminded.set(true))
            on_close
        >
            {move || match secret.get() {
                None => children(),
                Some(secret) => view! {
                    <div class="form">
                        {show(secret)}
                        <p role="alert" class=move || reminded.get().then_some(Tone::Warning.class())>
                            {move || reminded.get().then(|| reminder.get())}
                        </p>
                        <DialogFoot way_out=move || done.get() on_leave=move || at_risk.set(false)/>
                    </div>
                }
                .into_any(),
            }}
        </Dialog>
        <AskBeforeLeaving unsaved=at_risk/>
    }
}

/// One line of a secret, selected, with a button that copies it.
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
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(field) = field.get() {
            _ = field.focus();
            field.select();
        }
    });
    view! {
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
    }
}
