//! `/activate/<share token>/join/<token>`: the mailed Join now link.
//!
//! Opening it changes nothing, because mail scanners open links too; only the button proves the address.

use domain::Fault;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::hooks::{use_navigate, use_params_map};

use super::{
    Branding, Join, JoinPage, PortalPage, Step,
    form::{Attempt, AttemptForm},
    frame::Frame,
    heading::Headline,
    page::{Waiting, read_page},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        notice::{Notice, Tone},
        problem::{ProblemNotice, ProblemText},
        title::Title,
    },
};

/// What the link is good for.
#[server(prefix = "/api", endpoint = "portal/join_page")]
pub async fn read_link(share: String, token: String) -> Result<JoinPage, Problem> {
    use super::answer::{backend, link_of, take_flash, visitor};
    let flash = take_flash(&link_of(&share, &token));
    Ok(JoinPage { flash, ..backend().join_page(&visitor(), &share, &token).await? })
}

/// Proves the address by the link and begins a session.
#[server(prefix = "/api", endpoint = "portal/join")]
pub async fn join_now(share: String, token: String) -> Result<(), Problem> {
    use super::answer::{answer, asking_for_cookies, backend, link_of, page_of, visitor};
    use crate::visitor::{PORTAL_SESSION, begin_session};
    let session = backend().join(&visitor(), &share, &token).await;
    let outcome = session.map(|session| begin_session(PORTAL_SESSION, session));
    let next = if outcome.is_ok() { page_of(&share) } else { link_of(&share, &token) };
    answer(&asking_for_cookies(&next), "", outcome)
}

/// The page behind the mailed link.
#[component]
pub fn JoinScreen() -> impl IntoView {
    let params = use_params_map();
    let link = Memo::new(move |_| {
        let params = params.read();
        (params.get("share").unwrap_or_default(), params.get("token").unwrap_or_default())
    });
    let page = Resource::new_blocking(move || link.get(), |(share, token)| read_link(share, token));
    view! {
        <Suspense fallback=Waiting>
            {move || Suspend::new(async move {
                let page = page.await.unwrap_or_else(unavailable);
                let (share, token) = link.get_untracked();
                view! { <Link share token page/> }
            })}
        </Suspense>
    }
}

fn unavailable(problem: Problem) -> JoinPage {
    JoinPage { branding: Branding::default(), join: Err(problem), flash: None }
}

#[component]
fn Link(share: String, token: String, page: JoinPage) -> impl IntoView {
    let JoinPage { branding, join, flash } = page;
    #[cfg(feature = "ssr")]
    match (&join, &flash) {
        (Err(problem), _) => crate::visitor::admit(problem),
        (_, Some(flash)) => crate::visitor::show(&flash.problem),
        _ => {}
    }
    let problem = flash.map(|flash| flash.problem);
    let join = RwSignal::new(join);
    view! {
        <Frame branding>
            {move || {
                let (share, token, problem) = (share.clone(), token.clone(), problem.clone());
                match join.get() {
                    Ok(good) => view! { <Good share token good problem spent=move |why| join.set(Err(why))/> }.into_any(),
                    Err(problem) => view! { <Spent share problem/> }.into_any(),
                }
            }}
        </Frame>
    }
}

/// The link is good: the button proves the address.
#[component]
fn Good(
    share: String,
    token: String,
    good: Join,
    problem: Option<Problem>,
    /// Called when it turns out that the link is good no more.
    spent: impl Fn(Problem) + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let attempt = Attempt::to::<JoinNow>();
    let of = share.clone();
    let navigate = use_navigate();
    let problem = RwSignal::new(problem);
    Effect::new(move || match attempt.outcome().get() {
        None => {}
        Some(Ok(())) => {
            problem.set(None);
            let (share, navigate) = (of.clone(), navigate.clone());
            spawn_local(async move {
                match read_page(share.clone()).await {
                    Ok(PortalPage { step: Step::SignIn, .. }) => {
                        _ = problem.try_set(Some(Fault::CookiesRefused.into()));
                    }
                    _ => navigate(&format!("/activate/{share}"), leptos_router::NavigateOptions::default()),
                }
            });
        }
        Some(Err(refusal)) if is_spent(refusal.fault) => spent(refusal),
        Some(Err(refusal)) => problem.set(Some(refusal)),
    });
    let Join { broadworks_id, email } = good;
    let address = move || view! { <bdi class="address" translate="no">{email.clone()}</bdi> };
    let id = move || view! { <bdi class="address" translate="no">{broadworks_id.clone()}</bdi> };
    view! {
        <Title text=move || t_string!(i18n, portal.join.heading)/>
        <Headline text=move || t_string!(i18n, portal.join.heading)/>
        <p class="portal-lead">{t!(i18n, portal.join.lead, email = address, id = id)}</p>
        <ProblemNotice problem/>
        <AttemptForm attempt class="portal-form">
            <input type="hidden" name="share" value=share/>
            <input type="hidden" name="token" value=token/>
            <SubmitButton pending=attempt.pending()>{t!(i18n, portal.join.submit)}</SubmitButton>
        </AttemptForm>
        <p class="muted">{t!(i18n, portal.join.stranger)}</p>
    }
}

/// Whether a link that was refused for this will never be good again.
const fn is_spent(fault: Fault) -> bool {
    matches!(fault, Fault::AlreadyConfirmed | Fault::LinkUsed | Fault::LinkExpired)
}

/// The link is no good any more, perhaps because it has done its work: the share link leads on.
#[component]
fn Spent(share: String, problem: Problem) -> impl IntoView {
    let i18n = use_i18n();
    let confirmed = problem.fault == Fault::AlreadyConfirmed;
    let heading = move || {
        if confirmed { t_string!(i18n, portal.join.confirmed) } else { t_string!(i18n, portal.join.spent) }
    };
    view! {
        <Title text=heading/>
        <Headline text=heading/>
        {if confirmed {
            view! { <p class="portal-lead">{t!(i18n, portal.join.confirmed_lead)}</p> }.into_any()
        } else {
            view! { <Notice tone=Tone::Error><ProblemText problem/></Notice> }.into_any()
        }}
        <a class=Emphasis::Primary.class() href=format!("/activate/{share}")>
            {move || if confirmed { t_string!(i18n, portal.join.go_on) } else { t_string!(i18n, ui.sign_in) }}
        </a>
    }
}
