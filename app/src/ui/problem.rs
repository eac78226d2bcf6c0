//! What went wrong, what to do about it, and its number.

use domain::fault::Audience;
use leptos::prelude::*;

use super::{fault, notice::Tone};
use crate::{i18n::*, problem::Problem};

/// The element id by which a field points to the page's [`ProblemNotice`].
pub const PROBLEM: &str = "problem";

/// Cause, remedy for who reads it, when to try again, code and tracking id: everything a [`Problem`] says.
#[component]
pub fn ProblemText(
    /// The problem.
    #[prop(into)]
    problem: Problem,
) -> impl IntoView {
    let i18n = use_i18n();
    let reader: Audience = expect_context();
    let Problem { fault, retry_after, tracking_id } = problem;
    view! {
        <p class="notice-title">{move || fault::cause(i18n.get_locale(), fault)}</p>
        <p>{move || fault::remedy(i18n.get_locale(), reader, fault)}</p>
        {retry_after.filter(|seconds| *seconds > 0).map(|seconds| view! {
            <p>{t!(i18n, ui.retry_after, wait = move || view! { <Wait seconds=move || seconds/> })}</p>
        })}
        <p class="notice-code">
            {text!(i18n, ui.code)} " " {fault.code()}
            {tracking_id.map(|id| view! { " · " {text!(i18n, ui.tracking_id)} " " <span translate="no">{id}</span> })}
        </p>
    }
}

/// Announces the page's problem as soon as there is one.
#[component]
pub fn ProblemNotice(
    /// The problem, if there is one.
    #[prop(into)]
    problem: Signal<Option<Problem>>,
    /// The element's id, for pages that hold more than one.
    #[prop(default = PROBLEM)]
    id: &'static str,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    problem.with_untracked(|problem| _ = problem.as_ref().map(crate::visitor::show));
    view! {
        <div
            id=id
            role="alert"
            data-code=move || problem.with(|problem| problem.as_ref().map(|problem| problem.fault.code()))
            class=move || problem.with(|problem| problem.as_ref().map(|_| Tone::Error.class()))>
            {move || problem.get().map(|problem| view! { <ProblemText problem/> })}
        </div>
    }
}

/// A span of time as people say it: `3 minutes`.
#[component]
pub fn Wait<F>(
    /// How many seconds.
    seconds: F,
) -> impl IntoView
where
    F: Fn() -> u32 + Copy + Send + Sync + 'static,
{
    let i18n = use_i18n();
    move || match in_words(seconds()) {
        Span::Seconds(count) => t!(i18n, ui.seconds, count = move || count).into_any(),
        Span::Minutes(count) => t!(i18n, ui.minutes, count = move || count).into_any(),
        Span::Hours(count) => t!(i18n, ui.hours, count = move || count).into_any(),
    }
}

/// A span of time as people say it, for an attribute.
#[cfg(feature = "ssr")]
#[must_use]
pub fn wait(locale: Locale, seconds: u32) -> String {
    match in_words(seconds) {
        Span::Seconds(count) => td_string!(locale, ui.seconds, count = count),
        Span::Minutes(count) => td_string!(locale, ui.minutes, count = count),
        Span::Hours(count) => td_string!(locale, ui.hours, count = count),
    }
}

/// A span of time in the unit that people would use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    Seconds(u32),
    Minutes(u32),
    Hours(u32),
}

/// Rounds up: who waits that long has waited long enough.
const fn in_words(seconds: u32) -> Span {
    match seconds {
        0..=90 => Span::Seconds(seconds),
        91..=5_400 => Span::Minutes(seconds.div_ceil(60)),
        _ => Span::Hours(seconds.div_ceil(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_told_in_the_unit_that_fits() {
        assert_eq!(in_words(45), Span::Seconds(45));
        assert_eq!(in_words(121), Span::Minutes(3));
        assert_eq!(in_words(5_401), Span::Hours(2));
    }
}
