//! Nothing can be done here now.

use domain::Fault;
use leptos::prelude::*;

use super::{heading::Heading, visit::use_visit};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{button::SubmitButton, notice::Tone, problem::ProblemText},
};

/// Says why, and looks again at the press of a button.
#[component]
pub fn UnavailableStep(
    /// Why nothing can be done here.
    problem: Problem,
) -> impl IntoView {
    let i18n = use_i18n();
    let leads_nowhere = matches!(problem.fault, Fault::UnknownShareLink | Fault::ShareLinkReplaced);
    view! {
        <Heading text=move || {
            if leads_nowhere { t_string!(i18n, portal.unavailable.unknown) } else { t_string!(i18n, portal.unavailable.heading) }
        }/>
        <div class=Tone::Error.class() data-problem=""><ProblemText problem/></div>
        <form method="get" action=use_visit().path()>
            <SubmitButton>{t!(i18n, ui.try_again)}</SubmitButton>
        </form>
    }
}
