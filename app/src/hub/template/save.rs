//! The foot of a form of the template: what went wrong, the way on if somebody else was faster, and the button.

use domain::Fault;
use leptos::{html, prelude::*};

use crate::{
    hub::{refusal::Refusal, request::Request},
    i18n::*,
    ui::{
        button::{Emphasis, SubmitButton},
        focus::focus_on_refusal,
        problem::PROBLEM,
    },
};

/// The foot.
#[component]
pub(super) fn SaveFoot(
    /// By which it is saved.
    request: Request,
    /// Whether something is not saved yet.
    unsaved: Memo<bool>,
    /// Loads the template again.
    reload: Callback<()>,
    /// The id of the place where a refusal is announced.
    #[prop(default = PROBLEM)]
    problem_id: &'static str,
    /// On the button.
    children: Children,
) -> impl IntoView {
    let i18n = use_i18n();
    let changed_meanwhile = move || {
        request
            .problem()
            .with(|problem| problem.as_ref().is_some_and(|problem| problem.fault == Fault::ChangedMeanwhile))
    };
    // Whoever is refused is led to the field that it is about, or to what is said.
    let foot = NodeRef::<html::P>::new();
    Effect::new(move || {
        if request.problem().with(Option::is_some) {
            let form = move || foot.get_untracked()?.closest("form").ok().flatten();
            request_animation_frame(move || focus_on_refusal(form()));
        }
    });
    view! {
        <Refusal request id=problem_id/>
        {move || changed_meanwhile().then(|| view! {
            <p class="lead">{text!(i18n, hub.verification.theirs)}</p>
            <p>
                <button type="button" class=Emphasis::Secondary.class() on:click=move |_| reload.run(())>
                    {text!(i18n, hub.reload)}
                </button>
            </p>
        })}
        <p class="actions" node_ref=foot>
            <SubmitButton pending=request.pending()>{children()}</SubmitButton>
            <span class="muted" role="status">
                {move || unsaved.get().then_some(text!(i18n, hub.verification.unsaved))}
            </span>
        </p>
    }
}
