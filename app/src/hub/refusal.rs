//! Why what was asked for was refused.

use domain::Fault;
use leptos::prelude::*;

use super::{address::SIGN_IN, request::Request};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        focus::focus_on_refusal,
        problem::{PROBLEM, ProblemNotice},
    },
};

/// Why the last answer was a refusal: whoever has sent the form around it is led to the field that it is about, or to what is said here.
/// Whoever is signed out by now signs in beside this page: what is typed here stays.
#[component]
pub(super) fn Refusal(
    /// What was asked.
    request: Request,
    /// The id of the place where it is announced.
    #[prop(default = PROBLEM)]
    id: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    Effect::new(move || {
        if request.problem().with(Option::is_some) {
            request_animation_frame(move || {
                let here = document().get_element_by_id(id);
                focus_on_refusal(here.and_then(|here| here.closest("form").ok().flatten()));
            });
        }
    });
    let signed_out = move || request.problem().with(|problem| problem.as_ref().is_some_and(is_signed_out));
    view! {
        <ProblemNotice problem=request.problem() id/>
        {move || signed_out().then(|| view! {
            <p>
                <a href=SIGN_IN target="_blank" rel="noopener external">{text!(i18n, ui.sign_in)}</a>
            </p>
        })}
    }
}

fn is_signed_out(problem: &Problem) -> bool {
    matches!(problem.fault, Fault::NotSignedIn | Fault::SessionEnded)
}
