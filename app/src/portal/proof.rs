//! Proving the address: by the mailed link, or by the mailed code right here.

use std::time::Duration;

#[cfg(feature = "hydrate")]
use domain::Code;
use domain::{Fault, fault::Audience};
#[cfg(feature = "hydrate")]
use leptos::web_sys::HtmlInputElement;
use leptos::{prelude::*, web_sys::ClipboardEvent};

use super::{MailState, SignedIn, address::ChangeAddressForm, form::AttemptForm, heading::Heading, visit::use_visit};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        fault,
        field::Field,
        hydrated::use_hydrated,
        moment::Moment,
        notice::{Notice, Tone},
        problem::{PROBLEM, ProblemNotice, ProblemText, Wait},
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
    use super::answer::{answer, backend, page_of, visitor_as};
    let outcome = backend().resend(&visitor_as(&user), &share).await;
    answer(&page_of(&share), "", outcome)
}

/// Asks for the mailed code.
#[component]
pub fn ProofStep(
    /// Who is signed in.
    user: SignedIn,
    /// The address to prove.
    email: String,
    /// How the mail fares, and in how many seconds it may be asked for again.
    mail: Memo<(MailState, u32)>,
) -> impl IntoView {
    let i18n = use_i18n();
    let visit = use_visit();
    visit.follow();
    let (attempt, pending) = visit.attempt::<EnterCode>();
    let refused_by = Signal::derive(move || {
        visit
            .problem()
            .with(|problem| {
                problem.as_ref().is_some_and(|problem| {
                    use Fault::{CodeExpired, CodeIncomplete, CodeSpent, CodeWrong};
                    matches!(problem.fault, CodeWrong | CodeExpired | CodeSpent | CodeIncomplete)
                })
            })
            .then_some(PROBLEM)
    });
    let state = Memo::new(move |_| mail.get().0);
    let email = StoredValue::new(email);
    let address = move || view! { <bdi class="address" translate="no">{email.get_value()}</bdi> };
    view! {
        <Heading text=move || t_string!(i18n, portal.proof.heading)/>
        {move || match state.get() {
            MailState::Queued => view! {
                <p class="portal-lead">{t!(i18n, portal.proof.queued, email = address)} " " {t!(i18n, portal.proof.lead)}</p>
            }.into_any(),
            MailState::Sent => view! {
                <p class="portal-lead">{t!(i18n, portal.proof.sent, email = address)} " " {t!(i18n, portal.proof.lead)}</p>
            }.into_any(),
            MailState::PutOff(fault, next) => view! {
                <p class="portal-lead">{t!(i18n, portal.proof.on_its_way, email = address)} " " {t!(i18n, portal.proof.lead)}</p>
                <Notice tone=Tone::Warning>
                    <p class="notice-title">{move || fault::cause(i18n.get_locale(), fault)}</p>
                    <p>{move || fault::remedy(i18n.get_locale(), Audience::User, fault)}</p>
                    {next.map(|next| view! {
                        <p>{t!(i18n, portal.proof.next_try)} " " <Moment at=Signal::stored(next)/></p>
                    })}
                    <p class="notice-code">{t!(i18n, ui.code)} " " {fault.code()}</p>
                </Notice>
            }.into_any(),
            MailState::Refused(fault) => view! {
                <p class="portal-lead">{t!(i18n, portal.proof.refused, email = address)}</p>
                <Notice tone=Tone::Error><ProblemText problem=fault/></Notice>
            }.into_any(),
        }}
        {user.held.then(|| view! {
            <Notice tone=Tone::Info>
                <p class="notice-title">{t!(i18n, portal.held.title)}</p>
                <p>{t!(i18n, portal.held.address)}</p>
            </Notice>
        })}
        <ProblemNotice problem=visit.problem()/>
        <AttemptForm attempt class="portal-form">
            <input type="hidden" name="share" value=visit.share()/>
            <Field
                name="code"
                label=move || t_string!(i18n, portal.proof.code)
                refused_by=refused_by
                input=view! {
                    <{..}
                        value=visit.typed()
                        class="input input-code"
                        required=""
                        autocomplete="one-time-code"
                        inputmode="numeric"
                        dir="ltr"
                        on:paste=pasted
                        autofocus=refused_by.get_untracked().is_some()
                    />
                }
            />
            <SubmitButton pending>{t!(i18n, portal.proof.submit)}</SubmitButton>
        </AttemptForm>
        <section class="aside" aria-labelledby="no-message">
            <h2 id="no-message">{t!(i18n, portal.proof.no_message)}</h2>
            <p class="muted">{t!(i18n, portal.proof.spam)}</p>
            <div class="aside-actions">
                <ResendForm mail/>
                <ChangeAddressForm/>
            </div>
        </section>
    }
}

/// Puts into the field only the code of what is pasted, such as a whole message: the field would show the beginning of it.
/// What holds no code is pasted as it is.
#[cfg(feature = "hydrate")]
fn pasted(event: ClipboardEvent) {
    let text = event.clipboard_data().and_then(|data| data.get_data("text").ok()).unwrap_or_default();
    if let Ok(code) = Code::parse(&text) {
        event.prevent_default();
        event_target::<HtmlInputElement>(&event).set_value(code.as_str());
    }
}

#[cfg(not(feature = "hydrate"))]
fn pasted(_: ClipboardEvent) {}

/// Asks for a new mail, but not too soon after the last.
#[component]
fn ResendForm(mail: Memo<(MailState, u32)>) -> impl IntoView {
    let i18n = use_i18n();
    let visit = use_visit();
    let (attempt, pending) = visit.attempt::<Resend>();
    let left = countdown(Signal::derive(move || mail.get().1));
    // Without JavaScript nothing counts down; then the button stays free and the server says when it is too soon.
    let hydrated = use_hydrated();
    let too_soon = Signal::derive(move || hydrated.get() && left.get() > 0);
    let sent_again = move || matches!(attempt.outcome().get(), Some(Ok(()))) && !pending.get();
    view! {
        <AttemptForm attempt class="resend">
            <input type="hidden" name="share" value=visit.share()/>
            <SubmitButton pending unavailable=too_soon emphasis=Emphasis::Secondary>
                {t!(i18n, portal.proof.resend)}
            </SubmitButton>
        </AttemptForm>
        <p class="resend-note" role="status">{move || sent_again().then_some(t!(i18n, portal.proof.resent))}</p>
        {move || (left.get() > 0).then(|| view! {
            <p class="resend-note">
                {t!(i18n, portal.proof.resend_in)} " " <Wait seconds=move || left.get()/> "."
            </p>
        })}
    }
}

/// Counts a number of seconds down to zero, and from the start again when the number changes.
fn countdown(from: Signal<u32>) -> Signal<u32> {
    let left = RwSignal::new(from.get_untracked());
    Effect::new(move || {
        left.set(from.get());
        let ticking = set_interval_with_handle(
            move || left.update(|left| *left = left.saturating_sub(1)),
            Duration::from_secs(1),
        );
        on_cleanup(move || {
            if let Ok(ticking) = ticking {
                ticking.clear();
            }
        });
    });
    left.into()
}
