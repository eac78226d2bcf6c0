//! `/activate/<share token>`: the step where the user stands.

use domain::Fault;
use leptos::{prelude::*, server_fn::ServerFn as _, tachys::reactive_graph::OwnedView};
use leptos_router::hooks::use_params_map;

use super::{
    PortalPage, PortalStep,
    address::AddressStep,
    consent::ConsentStep,
    done::DoneStep,
    failed::FailedStep,
    progress::ProgressStep,
    proof::ProofStep,
    removing::RemovingStep,
    sign_in::{SignIn, SignInStep, SignedInUser},
    unavailable::UnavailableStep,
    visit::Visit,
};
use crate::{
    flash::Flash,
    frame::{Branding, Frame},
    i18n::*,
    problem::Problem,
    ui::problem::ProblemNotice,
    visitor,
};

/// Where the user stands.
#[server(prefix = "/api", endpoint = "portal/page")]
pub async fn read_page(share: String) -> Result<PortalPage, Problem> {
    use super::answer::{backend, opening, page_of, take_flash, visitor, with_unsent};
    if let Some(page) = opening() {
        return Ok(page);
    }
    let flash = take_flash(&page_of(&share));
    let visitor = visitor();
    let page = with_unsent(backend().page(&visitor, &share).await?);
    // Whoever is signed in by now cares no more for a sign-in that failed.
    let flash = flash.filter(|flash| flash.form != SignIn::PATH || page.step.user().is_none());
    let surprise = surprise(&page.step, visitor.meant_for.as_deref()).map(|fault| Flash::from(Problem::from(fault)));
    Ok(PortalPage { flash: flash.or(surprise), ..page })
}

/// What a reader has to know whose page was made for this user.
fn surprise(step: &PortalStep, meant_for: Option<&str>) -> Option<Fault> {
    match (step, step.user(), meant_for?) {
        (PortalStep::SignIn, ..) => Some(Fault::SessionEnded),
        (_, Some(user), meant) if user.id != meant => Some(Fault::MeantForAnother),
        _ => None,
    }
}

/// The page behind the share link.
#[component]
pub fn Activation() -> impl IntoView {
    let share = use_params_map().read_untracked().get("share").unwrap_or_default();
    Suspend::new(async move {
        let page = read_page(share.clone()).await.unwrap_or_else(unavailable);
        // Its parts are made when it is written, wherever that is.
        OwnedView::new(view! { <Steps share page/> })
    })
}

fn unavailable(problem: Problem) -> PortalPage {
    PortalPage { branding: Branding::default(), step: PortalStep::Unavailable(problem), flash: None }
}

#[component]
fn Steps(share: String, page: PortalPage) -> impl IntoView {
    let PortalPage { branding, step, flash } = page;
    match (&step, &flash) {
        (PortalStep::Unavailable(problem), _) => visitor::admit(problem),
        (_, Some(Flash { problem: Some(problem), .. })) => visitor::show(problem),
        _ => {}
    }
    let user = step.user().map(|user| user.id.clone());
    let visit = Visit::new(share, branding.provider.clone(), user.clone(), flash);
    provide_context(visit.clone());
    let live = step.changes_by_itself().then(|| format!("{}/live", visit.path()));
    let account = step.user().map(|user| view! { <SignedInUser broadworks_id=user.broadworks_id.clone()/> });
    view! {
        <Frame branding step=name(&step) user live>
            {position(&step).map(|position| view! { <Position position/> })}
            <ProblemNotice problem=Signal::stored(visit.mix_up) id="mix-up"/>
            {shown(step)}
            {account}
        </Frame>
    }
}

fn shown(step: PortalStep) -> AnyView {
    match step {
        PortalStep::Unavailable(problem) => view! { <UnavailableStep problem/> }.into_any(),
        PortalStep::SignIn => view! { <SignInStep/> }.into_any(),
        PortalStep::Address { user, suggestion } => view! { <AddressStep user suggestion/> }.into_any(),
        PortalStep::Proof { user, email, mail, sender, resend_in } => {
            view! { <ProofStep user email mail sender resend_in/> }.into_any()
        }
        PortalStep::Progress { user, email, setback } => view! { <ProgressStep user email setback/> }.into_any(),
        PortalStep::Consent { email, .. } => view! { <ConsentStep email/> }.into_any(),
        PortalStep::Failed { email, problem, tries, .. } => view! { <FailedStep email problem tries/> }.into_any(),
        PortalStep::Removing { .. } => view! { <RemovingStep/> }.into_any(),
        PortalStep::Done { email, client, anywhere, .. } => view! { <DoneStep email client anywhere/> }.into_any(),
    }
}

/// What tells a step from the one before: its kind, whose it is, and how often it failed.
fn name(step: &PortalStep) -> String {
    let kind = match step {
        PortalStep::Unavailable(_) => "unavailable",
        PortalStep::SignIn => "sign-in",
        PortalStep::Address { .. } => "address",
        PortalStep::Proof { .. } => "proof",
        PortalStep::Progress { .. } => "progress",
        PortalStep::Consent { .. } => "consent",
        PortalStep::Failed { tries, .. } => return format!("failed-{}{}", tries.count, user_of(step)),
        PortalStep::Removing { .. } => "removing",
        PortalStep::Done { .. } => "done",
    };
    format!("{kind}{}", user_of(step))
}

fn user_of(step: &PortalStep) -> String {
    step.user().map(|user| format!("-{}", user.id)).unwrap_or_default()
}

/// How far the way to the account is.
#[component]
fn Position(position: u8) -> impl IntoView {
    const STEPS: u8 = 4;
    let i18n = use_i18n();
    let name = match position {
        1 => t_string!(i18n, portal.step.sign_in),
        2 => t_string!(i18n, portal.step.address),
        3 => t_string!(i18n, portal.step.proof),
        _ => t_string!(i18n, portal.step.account),
    };
    view! {
        <div class="position">
            <p class="position-text">
                {t!(i18n, portal.step.position, position = move || position, steps = move || STEPS)}
                <span class="position-name">{name}</span>
            </p>
            <div class="position-bar" aria-hidden="true">
                {(1..=STEPS)
                    .map(|step| view! { <span class:position-reached=step <= position></span> })
                    .collect_view()}
            </div>
        </div>
    }
}

/// Which of the four parts of the way the step belongs to, if to any.
const fn position(step: &PortalStep) -> Option<u8> {
    match step {
        PortalStep::Unavailable(_) | PortalStep::Removing { .. } | PortalStep::Done { .. } => None,
        PortalStep::SignIn => Some(1),
        PortalStep::Address { .. } => Some(2),
        PortalStep::Proof { .. } => Some(3),
        PortalStep::Progress { .. } | PortalStep::Consent { .. } | PortalStep::Failed { .. } => Some(4),
    }
}
