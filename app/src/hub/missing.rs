//! What stands where a page would that could not be had.

use leptos::prelude::*;
use leptos_router::components::A;

use super::address::HOME;
use crate::{
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, notice::Tone, problem::ProblemText, title::Title},
};

/// What the page is about is not there, or could not be read.
#[component]
pub(super) fn NotToBeHad(
    /// Why it cannot be shown.
    problem: Problem,
    /// Tries again.
    on_retry: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let missing = problem.fault == domain::Fault::NotFound;
    let heading =
        move || if missing { t_string!(i18n, hub.missing.thing) } else { t_string!(i18n, hub.missing.failed) };
    view! {
        <Title text=heading/>
        <header class="page-head">
            <h1>{heading}</h1>
        </header>
        <div class=if missing { Tone::Info.class() } else { Tone::Error.class() } role="alert">
            <ProblemText problem/>
        </div>
        <p class="actions">
            {(!missing).then(|| view! {
                <button type="button" class=Emphasis::Primary.class() on:click=move |_| on_retry()>
                    {text!(i18n, hub.reload)}
                </button>
            })}
            <WayOut/>
        </p>
    }
}

/// Leads to the first page.
#[component]
pub(super) fn WayOut() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <A href=HOME attr:class=Emphasis::Secondary.class()>
            {text!(i18n, hub.missing.way_out)}
        </A>
    }
}
