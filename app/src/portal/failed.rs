//! The account could not be created.

use domain::fault::Fixer;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    Tries, address::ChangeAddressForm, form::PortalForm, heading::Heading, identifier::Identifier, visit::use_visit,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        moment::Moment,
        notice::Tone,
        problem::{ProblemNotice, ProblemText},
    },
};

/// Makes the failed attempt again.
#[server(prefix = "/api", endpoint = "portal/try_again")]
pub async fn try_again(share: String, #[server(default)] user: String) -> Result<(), Problem> {
    use super::answer::{answer, backend, page_of, visitor_as};
    let outcome = backend().try_again(&visitor_as(&user), &share).await;
    answer(&page_of(&share), "", outcome)
}

/// Says why, and offers what may help first.
#[component]
pub fn FailedStep(
    /// The address of the attempt.
    email: String,
    /// Why it failed.
    problem: Problem,
    /// How often it failed.
    tries: Tries,
) -> impl IntoView {
    let i18n = use_i18n();
    let again = move |emphasis| {
        view! {
            <PortalForm action=TryAgain::PATH>
                <SubmitButton emphasis>{t!(i18n, ui.try_again)}</SubmitButton>
            </PortalForm>
        }
    };
    let fixer = problem.fault.entry().fixer;
    let choices = if fixer == Fixer::User {
        // The same address would only be refused again.
        view! { <ChangeAddressForm emphasis=Emphasis::Primary/> {again(Emphasis::Secondary)} }.into_any()
    } else {
        view! { {again(Emphasis::Primary)} <ChangeAddressForm emphasis=Emphasis::Secondary/> }.into_any()
    };
    let repeated = tries.count > 1;
    let code = problem.fault.code();
    view! {
        <Heading text=move || t_string!(i18n, portal.failed.heading) autofocus=repeated/>
        <p class="portal-lead">
            {t!(i18n, portal.failed.address)} " " <Identifier text=email/>
        </p>
        <div class=Tone::Error.class() role=repeated.then_some("alert")>
            {repeated.then(|| view! { <Again tries/> })}
            <ProblemText problem/>
        </div>
        {asks_for_help(fixer, repeated)
            .then(|| view! { <p>{t!(i18n, portal.failed.ask, code = move || view! { <strong>{code}</strong> })}</p> })}
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        <div class="portal-choices">{choices}</div>
    }
}

/// That it was tried before, when last and how often.
#[component]
fn Again(tries: Tries) -> impl IntoView {
    let i18n = use_i18n();
    let Tries { count, last } = tries;
    let time = move || view! { <Moment at=last brief=true/> };
    view! {
        <p class="failed-again">
            {t!(i18n, portal.failed.again, time = time)} " " {t!(i18n, portal.failed.tries, count = move || count)}
        </p>
    }
}

/// Whether somebody else has to help: from the start, or once waiting did not.
const fn asks_for_help(fixer: Fixer, repeated: bool) -> bool {
    match fixer {
        Fixer::User => false,
        Fixer::Nobody => repeated,
        Fixer::Administrator | Fixer::Operator | Fixer::Client => true,
    }
}
