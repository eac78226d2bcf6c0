//! Entering an email address, and going back to enter another.

use domain::{Doubt, Fault};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{SignedIn, form::PortalForm, heading::Heading, held::Held, question::Question, visit::use_visit};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        field::Field,
        problem::{PROBLEM, ProblemNotice},
    },
};

/// Takes the address and mails a link and a code to it; one that looks wrong only from somebody who is `sure` of it. Where this
/// `user` is no longer signed in, it is kept for them.
#[server(prefix = "/api", endpoint = "portal/address")]
pub async fn enter_address(
    share: String,
    #[server(default)] user: String,
    email: String,
    #[server(default)] sure: bool,
) -> Result<(), Problem> {
    use super::answer::{answer_or_question, backend, keep_unsent, page_of, visitor_as};
    let outcome = backend().enter_address(&visitor_as(&user), &share, &email, sure).await;
    keep_unsent(&user, &email, &outcome);
    answer_or_question(&page_of(&share), &email, outcome)
}

/// Goes back to the address step.
#[server(prefix = "/api", endpoint = "portal/change_address")]
pub async fn change_address(share: String, #[server(default)] user: String) -> Result<(), Problem> {
    use super::answer::{answer, backend, page_of, visitor_as};
    let outcome = backend().change_address(&visitor_as(&user), &share).await;
    answer(&page_of(&share), "", outcome)
}

/// Asks for an email address.
#[component]
pub fn AddressStep(
    /// Who is signed in.
    user: SignedIn,
    /// An address to start from.
    suggestion: Option<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let visit = use_visit();
    let refused = visit.is_refused_for(&[
        Fault::AddressMissing,
        Fault::InvalidAddress,
        Fault::AddressInUse,
        Fault::AddressElsewhere,
    ]);
    let typed = visit.typed_into(EnterAddress::PATH);
    let question = visit.doubt.zip(typed.clone());
    let is_asked = question.is_some();
    // The page's first way on, then.
    let offers = matches!(question, Some((Doubt::Slip(_), _)));
    let typed = typed.or(suggestion);
    let name = user.first_name;
    view! {
        <Heading text=move || t_string!(i18n, portal.address.heading)/>
        <div class="portal-lead">
            {(!name.is_empty())
                .then(|| view! { <p>{t!(i18n, portal.address.greeting, name = move || name.clone())}</p> })}
            <p>{t!(i18n, portal.address.lead)}</p>
        </div>
        {user.held.map(|company| view! { <Held company/> })}
        <ProblemNotice problem=Signal::stored(visit.problem)/>
        {question.map(|(doubt, typed)| view! { <Question doubt typed action=EnterAddress::PATH/> })}
        <PortalForm action=EnterAddress::PATH class="portal-form">
            <Field
                name="email"
                label=move || t_string!(i18n, portal.address.email)
                hint=move || t_string!(i18n, portal.address.hint)
                refused_by=refused.then_some(PROBLEM)
                input=view! {
                    <{..}
                        type="email"
                        value=typed
                        required=""
                        autocomplete="email"
                        autocapitalize="none"
                        spellcheck="false"
                        inputmode="email"
                        autofocus=refused
                    />
                }
            />
            <SubmitButton emphasis=if offers { Emphasis::Secondary } else { Emphasis::Primary }>
                {t!(i18n, portal.address.submit)}
            </SubmitButton>
            {is_asked.then(|| view! {
                <SubmitButton emphasis=Emphasis::Quiet adds=("sure", "true")>
                    {t!(i18n, portal.question.anyway)}
                </SubmitButton>
            })}
        </PortalForm>
    }
}

/// The way back to the address.
#[component]
pub fn ChangeAddressForm(
    /// How much it asks for attention.
    #[prop(default = Emphasis::Quiet)]
    emphasis: Emphasis,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <PortalForm action=ChangeAddress::PATH>
            <SubmitButton emphasis>{t!(i18n, portal.change_address)}</SubmitButton>
        </PortalForm>
    }
}
