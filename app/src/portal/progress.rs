//! The account is being created.

use leptos::prelude::*;

use super::{SignedIn, heading::Heading, held::Company, identifier::Identifier, visit::use_visit};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        fault,
        notice::{Notice, Tone},
        problem::ProblemNotice,
        spinner::Spinner,
    },
};

/// Shows that the server is at work, and follows it.
#[component]
pub fn ProgressStep(
    /// Who is signed in.
    user: SignedIn,
    /// The proven address.
    email: String,
    /// Why the first attempt failed, if it did.
    setback: Option<Problem>,
) -> impl IntoView {
    let i18n = use_i18n();
    let held = user.held.is_some();
    let address = move || view! { <Identifier text=email.clone()/> };
    let setback = setback.map(|problem| {
        view! {
            <Notice tone=Tone::Warning>
                <p class="notice-title">{t!(i18n, portal.progress.setback)}</p>
                <p>{move || fault::cause(i18n.get_locale(), problem.fault)} " " {t!(i18n, portal.progress.setback_help)}</p>
                <p class="notice-code">{t!(i18n, ui.code)} " " {problem.fault.code()}</p>
            </Notice>
        }
    });
    view! {
        <Heading text=move || {
            if held { t_string!(i18n, portal.held.heading) } else { t_string!(i18n, portal.progress.heading) }
        }/>
        <div class="progress" role="status">
            <Spinner/>
            <p class="portal-lead">
                {if held {
                    t!(i18n, portal.held.progress, email = address).into_any()
                } else {
                    t!(i18n, portal.progress.lead, email = address).into_any()
                }}
            </p>
        </div>
        {user.held.map(|name| view! { <Company name/> })}
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        {setback}
        <p class="muted">{t!(i18n, portal.progress.leave)}</p>
        <CheckAgain/>
    }
}

/// Looks once more; without JavaScript the page does so by itself every few seconds.
#[component]
pub fn CheckAgain() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p><a href=use_visit().path() data-refresh="">{t!(i18n, portal.progress.check_again)}</a></p>
        // Where the browser's half did not come, plain.js looks again.
        <div hidden data-follow=""><noscript><meta http-equiv="refresh" content="3"/></noscript></div>
    }
}
