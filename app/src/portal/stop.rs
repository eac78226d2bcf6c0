//! `/activate/<share token>/stop/<token>`: the link in a reminder, for whoever wants no more of them.
//!
//! Opening it changes nothing, because mail scanners open links too. Its button does, and so does what a mailbox posts to the same
//! address when its user presses its own button (RFC 8058): that comes without a session, and so may the reader.

use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{
    form::PortalForm,
    heading::Heading,
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

/// What the link is good for: whether its user gets no more reminders already.
#[server(prefix = "/api", endpoint = "portal/stop_page")]
pub async fn read_stop(share: String, token: String) -> Result<LinkPage<bool>, Problem> {
    use super::answer::{backend, stop_of, take_flash, visitor};
    let flash = take_flash(&stop_of(&share, &token));
    Ok(LinkPage { flash, ..backend().stop_page(&visitor(), &token).await? })
}

/// Sends no more reminders.
#[server(prefix = "/api", endpoint = "portal/stop")]
pub async fn stop_reminders(share: String, token: String) -> Result<(), Problem> {
    use super::answer::{answer, backend, stop_of, visitor};
    let outcome = backend().stop_reminders(&visitor(), &token).await;
    answer(&stop_of(&share, &token), "", outcome)
}

/// The page behind the link.
#[component]
pub fn StopScreen() -> impl IntoView {
    behind_link(read_stop, "stop-unavailable", |branding, token, stopped| match stopped {
        Ok(false) => view! { <Frame branding step="stop"><Question token/></Frame> }.into_any(),
        Ok(true) => view! { <Frame branding step="stopped"><Stopped/></Frame> }.into_any(),
        Err(problem) => view! { <Frame branding step="stop-unusable"><Unusable problem/></Frame> }.into_any(),
    })
}

/// The link is good: the button stops them.
#[component]
fn Question(token: String) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Heading text=move || t_string!(i18n, portal.stop.heading)/>
        <p class="portal-lead">{t!(i18n, portal.stop.lead)}</p>
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        <PortalForm action=StopReminders::PATH class="portal-form">
            <input type="hidden" name="token" value=token/>
            <SubmitButton>{t!(i18n, portal.stop.submit)}</SubmitButton>
        </PortalForm>
    }
}

#[component]
fn Stopped() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Heading text=move || t_string!(i18n, portal.stop.stopped)/>
        <p class="portal-lead">{t!(i18n, portal.stop.stopped_lead)}</p>
        <a class=Emphasis::Secondary.class() href=use_visit().path()>{t!(i18n, portal.join.go_on)}</a>
    }
}

/// No link of ours.
#[component]
fn Unusable(problem: Problem) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Heading text=move || t_string!(i18n, portal.join.spent)/>
        <div class=Tone::Error.class() data-problem=""><ProblemText problem/></div>
    }
}
