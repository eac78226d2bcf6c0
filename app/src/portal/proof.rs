//! Proving the address: by the mailed link, or by the mailed code right here.

use domain::{
    Fault, Timestamp,
    fault::{Audience, Persistence},
};
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    MailState, SignedIn, address::ChangeAddressForm, form::PortalForm, heading::Heading, held::Held,
    identifier::Identifier, visit::use_visit,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        fault,
        field::Field,
        moment::Moment,
        notice::{Notice, Tone},
        problem::{PROBLEM, ProblemNotice, ProblemText, Wait, wait},
    },
};

/// Proves the address by the mailed code.
#[server(prefix = "/api", endpoint = "portal/code")]
pub async fn enter_code(share: String, #[server(default)] user: String, code: String) -> Result<(), Problem> {
    use super::answer::{answer, backend, page_of, visitor_as};
    let outcome = backend().enter_code(&visitor_as(&user), &share, &code).await;
    answer(&page_of(&share), &code, outcome)
}

/// Mails a new link and code.
#[server(prefix = "/api", endpoint = "portal/resend")]
pub async fn resend(share: String, #[server(default)] user: String) -> Result<(), Problem> {
    use super::answer::{answer_and_report, backend, page_of, visitor_as};
    let outcome = backend().resend(&visitor_as(&user), &share).await;
    answer_and_report(&page_of(&share), outcome)
}

/// Asks for the mailed code.
#[component]
pub fn ProofStep(
    /// Who is signed in.
    user: SignedIn,
    /// The address to prove.
    email: String,
    /// How the mail fares.
    mail: MailState,
    /// From whom it comes.
    sender: String,
    /// In how many seconds it may be asked for again.
    resend_in: u32,
) -> impl IntoView {
    let i18n = use_i18n();
    let visit = use_visit();
    let refused = visit.is_refused_for(&[
        Fault::CodeWrong,
        Fault::CodeExpired,
        Fault::CodeSpent,
        Fault::CodeIncomplete,
        Fault::CodeOfAnotherAddress,
    ]);
    let typed = visit.typed_into(EnterCode::PATH);
    view! {
        <Heading text=move || match mail {
            MailState::Refused(_) => t_string!(i18n, portal.proof.returned),
            _ => t_string!(i18n, portal.proof.heading),
        }/>
        // Changes under the code that is just being typed.
        <div id="mail" class="mail" aria-live="polite" data-fresh=""><Mail mail email/></div>
        {user.held.map(|company| view! { <Held company/> })}
        <ProblemNotice problem=Signal::stored(visit.problem)/>
        <PortalForm action=EnterCode::PATH class="portal-form">
            <Field
                name="code"
                label=move || t_string!(i18n, portal.proof.code)
                refused_by=refused.then_some(PROBLEM)
                input=view! {
                    <{..}
                        value=typed
                        class="input input-code"
                        required=""
                        autocomplete="one-time-code"
                        inputmode="numeric"
                        dir="ltr"
                        autofocus=refused
                    />
                }
            />
            <SubmitButton>{t!(i18n, portal.proof.submit)}</SubmitButton>
        </PortalForm>
        <section class="aside" aria-labelledby="no-message">
            <h2 id="no-message">{t!(i18n, portal.proof.no_message)}</h2>
            <p class="muted">{t!(i18n, portal.proof.spam)}</p>
            <p class="muted">
                {t!(i18n, portal.proof.sender, sender = move || view! { <Identifier text=sender.clone()/> })}
            </p>
            <div class="aside-actions">
                <ResendForm resend_in/>
                // A mail that does not come is as often to a wrong address as it is late.
                <ChangeAddressForm emphasis=Emphasis::Secondary/>
            </div>
        </section>
    }
}

/// How the mail to this address fares.
#[component]
fn Mail(mail: MailState, email: String) -> impl IntoView {
    let i18n = use_i18n();
    let email = move || view! { <Identifier text=email.clone()/> };
    match mail {
        MailState::Queued => view! {
            <Lead>{t!(i18n, portal.proof.queued, email)}</Lead>
        }
        .into_any(),
        MailState::Sent => view! {
            <Lead>{t!(i18n, portal.proof.sent, email)}</Lead>
        }
        .into_any(),
        MailState::Uncertain => view! {
            <Lead>{t!(i18n, portal.proof.uncertain, email)}</Lead>
        }
        .into_any(),
        MailState::PutOff(fault, next) => view! {
            <Lead>{t!(i18n, portal.proof.on_its_way, email)}</Lead>
            <PutOff fault next/>
        }
        .into_any(),
        MailState::Refused(fault) => view! {
            <p class="portal-lead">{t!(i18n, portal.proof.refused, email)}</p>
            <Notice tone=Tone::Error><ProblemText problem=fault/></Notice>
        }
        .into_any(),
    }
}

/// How the mail fares, and what to do with it. Sentences on lines of their own: not every language has blanks between them.
#[component]
fn Lead(children: Children) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="portal-lead">
            <p>{children()}</p>
            <p>{t!(i18n, portal.proof.lead)}</p>
        </div>
    }
}

/// Why a mail is tried again, and when, if that is known. What is to be done where it is not tried again is no advice here.
#[component]
fn PutOff(fault: Fault, next: Option<Timestamp>) -> impl IntoView {
    let i18n = use_i18n();
    let locale = i18n.get_locale_untracked();
    let remedy = match fault.entry().persistence {
        Persistence::Transient => fault::remedy(locale, Audience::User, fault).to_owned(),
        Persistence::Permanent => t_string!(i18n, portal.proof.tried_again).to_string(),
    };
    view! {
        <Notice tone=Tone::Warning>
            <p class="notice-title">{fault::cause(locale, fault)}</p>
            <p>{remedy}</p>
            {next.map(|next| view! {
                <p>{t!(i18n, portal.proof.next_try)} " " <Moment at=Signal::stored(next)/></p>
            })}
            <p class="notice-code">{t!(i18n, ui.code)} " " {fault.code()}</p>
        </Notice>
    }
}

/// Asks for a new mail, but not too soon after the last. Without JavaScript nothing counts down and the button stays free;
/// whoever presses it too soon is told that a mail is on its way, which it is, and when another one may be asked for.
#[component]
fn ResendForm(resend_in: u32) -> impl IntoView {
    let i18n = use_i18n();
    // Every language has rules of its own for numbers: the browser is given the words for all of them.
    let words = || (0..=resend_in).map(|left| wait(i18n.get_locale_untracked(), left)).collect::<Vec<_>>().join("|");
    view! {
        <PortalForm action=Resend::PATH class="resend" done=t_string!(i18n, portal.proof.resent)>
            <SubmitButton emphasis=Emphasis::Secondary>{t!(i18n, portal.proof.resend)}</SubmitButton>
        </PortalForm>
        <p class="resend-note" role="status">{use_visit().has_done(Resend::PATH).then_some(t!(i18n, portal.proof.resent))}</p>
        <div id="resend-wait" data-fresh="">
            {(resend_in > 0).then(|| view! {
                <p class="resend-note" data-seconds=resend_in data-words=words()>
                    {t!(i18n, portal.proof.resend_in, wait = move || view! { <span><Wait seconds=move || resend_in/></span> })}
                </p>
            })}
        </div>
    }
}
