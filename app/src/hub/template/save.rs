//! The foot of a form of the template: what went wrong, the way on if somebody else was faster, and the button.

use domain::Fault;
use leptos::prelude::*;

use crate::{
    hub::{refusal::Refusal, request::Request},
    i18n::*,
    ui::{
        button::{Emphasis, SubmitButton},
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
        <p class="actions">
            <SubmitButton pending=request.pending()>{children()}</SubmitButton>
            <span class="muted" role="status">
                {move || unsaved.get().then_some(text!(i18n, hub.verification.unsaved))}
            </span>
        </p>
    }
}
