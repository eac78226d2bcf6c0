//! `/activate/<share token>/join/<token>`: the mailed Join now link.
//!
//! Opening it changes nothing, because mail scanners open links too; only the button proves the address.

use domain::Fault;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    Join,
    form::PortalForm,
    heading::Heading,
    identifier::Identifier,
    mailed_link::{LinkPage, behind_link},
    visit::use_visit,
};
use crate::{
    frame::Frame,
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        notice::Tone,
        problem::{ProblemNotice, ProblemText},
    },
};

/// What the link is good for.
#[server(prefix = "/api", endpoint = "portal/join_page")]
pub async fn read_link(share: String, token: String) -> Result<LinkPage<Join>, Problem> {
    use super::answer::{backend, link_of, take_flash, visitor};
    let flash = take_flash(&link_of(&share, &token));
    Ok(LinkPage { flash, ..backend().join_page(&visitor(), &share, &token).await? })
}

/// Proves the address by the link and begins a session.
#[server(prefix = "/api", endpoint = "portal/join")]
pub async fn join_now(share: String, token: String) -> Result<(), Problem> {
    use super::answer::{answer, asking_for_cookies, backend, link_of, page_of, visitor};
    use crate::visitor::{PORTAL_SESSION, begin_session};
    let joined = backend().join(&visitor(), &share, &token).await;
    let outcome = joined.map(|(session, home)| {
        begin_session(PORTAL_SESSION, session);
        home
    });
    let next = outcome.as_ref().map_or_else(|_| link_of(&share, &token), |home| page_of(home));
    answer(&asking_for_cookies(&next), "", outcome.map(drop))
}

/// Mails a new link to whom this one was mailed, which is too old.
#[server(prefix = "/api", endpoint = "portal/renew")]
pub async fn renew(share: String, token: String) -> Result<(), Problem> {
    use super::answer::{answer_and_report, backend, link_of, visitor};
    let outcome = backend().renew(&visitor(), &share, &token).await;
    answer_and_report(&link_of(&share, &token), outcome)
}

/// The page behind the mailed link.
#[component]
pub fn JoinScreen() -> impl IntoView {
    behind_link(read_link, "join-unavailable", |branding, token, link| match link {
        Ok(good) => view! { <Frame branding step="join"><Good token good/></Frame> }.into_any(),
        Err(_) if use_visit().has_done(Renew::PATH) => {
            view! { <Frame branding step="join-renewed"><Renewed/></Frame> }.into_any()
        }
        Err(problem) => view! { <Frame branding step="join-spent"><Spent token problem/></Frame> }.into_any(),
    })
}

/// The link is good: the button proves the address.
#[component]
fn Good(token: String, good: Join) -> impl IntoView {
    let i18n = use_i18n();
    let Join { broadworks_id, email } = good;
    let address = move || view! { <Identifier text=email.clone()/> };
    let id = move || view! { <Identifier text=broadworks_id.clone()/> };
    view! {
        <Heading text=move || t_string!(i18n, portal.join.heading)/>
        <p class="portal-lead">{t!(i18n, portal.join.lead, email = address, id = id)}</p>
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        <PortalForm action=JoinNow::PATH class="portal-form">
            <input type="hidden" name="token" value=token/>
            <SubmitButton>{t!(i18n, portal.join.submit)}</SubmitButton>
        </PortalForm>
        <p class="muted">{t!(i18n, portal.join.stranger)}</p>
    }
}

/// Another mail is on its way.
#[component]
fn Renewed() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Heading text=move || t_string!(i18n, portal.proof.heading)/>
        <p class="portal-lead">{t!(i18n, portal.proof.resent)}</p>
        <p class="muted">{t!(i18n, portal.proof.spam)}</p>
        <a class=Emphasis::Secondary.class() href=use_visit().path()>{t!(i18n, ui.sign_in)}</a>
    }
}

/// The link is no good any more, perhaps because it has done its work: the share link leads on, and whoever has one that is too old
/// can have another one sent to the same address.
#[component]
fn Spent(token: String, problem: Problem) -> impl IntoView {
    let i18n = use_i18n();
    let expired = problem.fault == Fault::LinkExpired;
    let confirmed = problem.fault == Fault::AlreadyConfirmed;
    let heading = if confirmed { t_string!(i18n, portal.join.confirmed) } else { t_string!(i18n, portal.join.spent) };
    view! {
        <Heading text=heading/>
        {if confirmed {
            view! { <p class="portal-lead">{t!(i18n, portal.join.confirmed_lead)}</p> }.into_any()
        } else {
            view! { <div class=Tone::Error.class() data-problem=""><ProblemText problem/></div> }.into_any()
        }}
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        {expired.then(|| view! {
            <PortalForm action=Renew::PATH class="portal-form">
                <input type="hidden" name="token" value=token/>
                <SubmitButton>{t!(i18n, portal.proof.resend)}</SubmitButton>
            </PortalForm>
        })}
        <a class=if expired { Emphasis::Secondary } else { Emphasis::Primary }.class() href=use_visit().path()>
            {if confirmed { t_string!(i18n, portal.join.go_on) } else { t_string!(i18n, ui.sign_in) }}
        </a>
    }
}
