//! The account could not be created.

use domain::fault::Fixer;
use leptos::prelude::*;

use super::{address::ChangeAddressForm, form::AttemptForm, heading::Heading, visit::use_visit};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        notice::{Notice, Tone},
        problem::{ProblemNotice, ProblemText},
    },
};

/// Makes the failed attempt again.
#[server(prefix = "/api", endpoint = "portal/try_again")]
pub async fn try_again(share: String) -> Result<(), Problem> {
    use super::answer::{answer, backend, page_of, visitor};
    let outcome = backend().try_again(&visitor(), &share).await;
    answer(&page_of(&share), "", outcome)
}

/// Says why, and offers what may help first.
#[component]
pub fn FailedStep(
    /// The address of the attempt.
    email: Option<String>,
    /// Why it failed.
    problem: Problem,
    /// Whether another address may be entered.
    other_address: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let visit = use_visit();
    visit.follow();
    let (attempt, pending) = visit.attempt::<TryAgain>();
    let again = move |emphasis| {
        view! {
            <AttemptForm attempt>
                <input type="hidden" name="share" value=visit.share()/>
                <SubmitButton pending emphasis>{t!(i18n, ui.try_again)}</SubmitButton>
            </AttemptForm>
        }
    };
    let choices = if !other_address {
        again(Emphasis::Primary).into_any()
    } else if problem.fault.entry().fixer == Fixer::User {
        // The same address would only be refused again.
        view! { <ChangeAddressForm emphasis=Emphasis::Primary/> {again(Emphasis::Secondary)} }.into_any()
    } else {
        view! { {again(Emphasis::Primary)} <ChangeAddressForm emphasis=Emphasis::Secondary/> }.into_any()
    };
    view! {
        <Heading text=move || t_string!(i18n, portal.failed.heading)/>
        {email.map(|email| view! {
            <p class="portal-lead">
                {t!(i18n, portal.failed.address)} " " <bdi class="address" translate="no">{email}</bdi>
            </p>
        })}
        <Notice tone=Tone::Error><ProblemText problem/></Notice>
        <ProblemNotice problem=visit.problem()/>
        <div class="portal-choices">{choices}</div>
    }
}
