//! `/activate/<share token>`: the step where the user stands.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::{
    Branding, MailState, PortalPage, Step,
    address::AddressStep,
    consent::ConsentStep,
    done::DoneStep,
    failed::FailedStep,
    frame::Frame,
    progress::ProgressStep,
    proof::ProofStep,
    sign_in::{Account, SignInStep},
    unavailable::UnavailableStep,
    visit::{Visit, use_visit},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{problem::ProblemNotice, spinner::Spinner},
};

/// Where the user stands.
#[server(prefix = "/api", endpoint = "portal/page")]
pub async fn read_page(share: String) -> Result<PortalPage, Problem> {
    use super::answer::{backend, page_of, take_flash, visitor, with_unsent};
    let flash = take_flash(&page_of(&share));
    let page = with_unsent(backend().page(&visitor(), &share).await?);
    Ok(PortalPage { flash, ..page })
}

/// The page behind the share link.
#[component]
pub fn Activation() -> impl IntoView {
    let params = use_params_map();
    let share = Memo::new(move |_| params.read().get("share").unwrap_or_default());
    let page = Resource::new_blocking(move || share.get(), read_page);
    view! {
        <Suspense fallback=Waiting>
            {move || Suspend::new(async move {
                let page = page.await.unwrap_or_else(unavailable);
                view! { <Steps share=share.get_untracked() page/> }
            })}
        </Suspense>
    }
}

/// The card while it is still empty.
#[component]
pub fn Waiting() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Frame branding=Branding::default()>
            <p class="portal-waiting">
                <Spinner/>
                {t!(i18n, ui.loading)}
            </p>
        </Frame>
    }
}

fn unavailable(problem: Problem) -> PortalPage {
    PortalPage { branding: Branding::default(), step: Step::Unavailable(problem), flash: None }
}

#[component]
fn Steps(share: String, page: PortalPage) -> impl IntoView {
    #[cfg(feature = "ssr")]
    match (&page.step, &page.flash) {
        (Step::Unavailable(problem), _) => crate::visitor::admit(problem),
        (_, Some(crate::flash::Flash { problem, .. })) => crate::visitor::show(problem),
        _ => {}
    }
    let visit = Visit::new(share, page);
    provide_context(visit);
    let page = visit.page();
    // A mail's fate and a countdown change under the code that is just being typed: they must not redraw its form.
    let steady = Memo::new(move |shown: Option<&(u32, Step)>| {
        let step = page.with(|page| without_mail(page.step.clone()));
        match shown {
            None => (0, step),
            Some((number, shown)) => (number + u32::from(*shown != step), step),
        }
    });
    let mail = Memo::new(move |_| page.with(|page| mail_of(&page.step)));
    let step = move |step| match step {
        Step::Unavailable(problem) => view! { <UnavailableStep problem/> }.into_any(),
        Step::SignIn => view! { <SignInStep/> }.into_any(),
        Step::Address { user, suggestion } => view! { <AddressStep user suggestion/> }.into_any(),
        Step::Proof { user, email, .. } => view! { <ProofStep user email mail/> }.into_any(),
        Step::Progress { user, email, hitch } => view! { <ProgressStep user email hitch/> }.into_any(),
        Step::Consent { email, .. } => view! { <ConsentStep email/> }.into_any(),
        Step::Failed { email, problem, other_address, tries, .. } => {
            view! { <FailedStep email problem other_address tries/> }.into_any()
        }
        Step::Done { email, downloads, .. } => view! { <DoneStep email downloads/> }.into_any(),
    };
    let user = Memo::new(move |_| page.with(|page| page.step.user().map(|user| user.broadworks_id.clone())));
    view! {
        <Frame branding=Memo::new(move |_| page.with(|page| page.branding.clone()))>
            <Position/>
            <ProblemNotice problem=visit.mix_up() id="mix-up"/>
            // Numbered, so that a step gets elements of its own: what was typed into one field never shows in another.
            <For each=move || [steady.get()] key=|(number, _)| *number children=move |(_, shown)| step(shown)/>
            {move || user.get().map(|broadworks_id| view! { <Account broadworks_id/> })}
        </Frame>
    }
}

/// How the mail fares and when it may be asked for again.
fn mail_of(step: &Step) -> (MailState, u32) {
    match step {
        Step::Proof { mail, resend_in, .. } => (*mail, *resend_in),
        _ => (MailState::Queued, 0),
    }
}

fn without_mail(step: Step) -> Step {
    match step {
        Step::Proof { user, email, .. } => Step::Proof { user, email, mail: MailState::Queued, resend_in: 0 },
        step => step,
    }
}

/// How far the way to the account is.
#[component]
fn Position() -> impl IntoView {
    const STEPS: u8 = 4;
    let i18n = use_i18n();
    let page = use_visit().page();
    let position = Memo::new(move |_| page.with(|page| position(&page.step)));
    let name = move |position| match position {
        1 => t_string!(i18n, portal.step.sign_in),
        2 => t_string!(i18n, portal.step.address),
        3 => t_string!(i18n, portal.step.proof),
        _ => t_string!(i18n, portal.step.account),
    };
    move || {
        position.get().map(|position| {
            view! {
                <div class="position">
                    <p class="position-text">
                        {t!(i18n, portal.step.position, position = move || position, steps = move || STEPS)}
                        <span class="position-name">{move || name(position)}</span>
                    </p>
                    <div class="position-bar" aria-hidden="true">
                        {(1..=STEPS)
                            .map(|step| view! { <span class:position-reached=step <= position></span> })
                            .collect_view()}
                    </div>
                </div>
            }
        })
    }
}

/// Which of the four parts of the way the step belongs to, if to any.
const fn position(step: &Step) -> Option<u8> {
    match step {
        Step::Unavailable(_) | Step::Done { .. } => None,
        Step::SignIn => Some(1),
        Step::Address { .. } => Some(2),
        Step::Proof { .. } => Some(3),
        Step::Progress { .. } | Step::Consent { .. } | Step::Failed { .. } => Some(4),
    }
}
