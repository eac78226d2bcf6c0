//! What a user waits for, or what went wrong, in words.

use domain::{Fault, Status, Timestamp, fault::Audience, lifecycle::Order, subscriber::Requirement};
use leptos::prelude::*;

use super::{
    model::{UnderWay, UserRow},
    text::requirement_text,
};
use crate::{
    i18n::*,
    ui::{fault, moment::Moment},
};

/// What the user waits for, or what went wrong and what to do about it. Never nothing: an empty cell says less than that
/// nothing is pending.
#[component]
pub(super) fn Pending(
    /// How the user stands.
    #[prop(into)]
    user: Signal<UserRow>,
) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let user = user.get();
        let locale = i18n.get_locale();
        let fault = user.fault().map(|found| {
            view! {
                <Cause found/>
                <p class="muted">{fault::remedy(locale, Audience::Administrator, found)}</p>
            }
        });
        let requirement = user.requirement.map(|requirement| {
            // Somebody who is to enter or confirm an address, where the portal takes none.
            let closed =
                matches!(requirement, Requirement::EmailInput | Requirement::EmailValidation) && !user.portal_open;
            view! {
                <p>{requirement_text(locale, requirement)}</p>
                {closed.then(|| view! { <p class="fault">{text!(i18n, hub.requirement.portal_closed)}</p> })}
            }
        });
        let under_way = match (user.under_way, user.status) {
            // The requirement says it already, and better.
            (Some(UnderWay { setback: None, .. }), _) if user.requirement.is_some() => None,
            (Some(under_way), _) => Some(view! { <Working under_way since=user.changed/> }.into_any()),
            (None, Status::Provisioning | Status::Updating) => {
                Some(view! { <p>{text!(i18n, hub.under_way.update)}</p> }.into_any())
            }
            (None, _) => None,
        };
        let leaving = user.leaving.then(|| view! { <p>{text!(i18n, hub.status.leaving)}</p> });
        let staged = user.staged.then(|| view! { <p>{text!(i18n, hub.status.staged)}</p> });
        let nothing =
            (fault.is_none() && requirement.is_none() && under_way.is_none() && leaving.is_none() && staged.is_none())
                .then(|| view! { <span class="muted none">{text!(i18n, hub.status.nothing_pending)}</span> });
        view! {
            {leaving}
            {staged}
            {requirement}
            {fault}
            {under_way}
            {nothing}
        }
    }
}

/// What went wrong, and its number.
#[component]
pub(super) fn Cause(
    /// The fault.
    found: Fault,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="fault">
            <span class="cause">{move || fault::cause(i18n.get_locale(), found)}</span> " "
            <span class="code">{t!(i18n, hub.status.code, code = move || found.code())}</span>
        </p>
    }
}

/// What is being done; if that did not succeed at first, why, since when, how often it was tried and when it is again.
#[component]
fn Working(under_way: UnderWay, since: Timestamp) -> impl IntoView {
    let i18n = use_i18n();
    let UnderWay { order, attempts, setback, again } = under_way;
    let doing = move || match order {
        Order::SendProof => t_string!(i18n, hub.under_way.mail),
        Order::CreateAccount => t_string!(i18n, hub.under_way.create),
        Order::AwaitConsent => t_string!(i18n, hub.under_way.consent),
        Order::UpdateAccount => t_string!(i18n, hub.under_way.update),
        Order::RemoveAccount => t_string!(i18n, hub.under_way.remove),
    };
    let Some(found) = setback else { return view! { <p>{doing}</p> }.into_any() };
    view! {
        <Cause found/>
        <p class="muted">
            {doing} " " {text!(i18n, hub.under_way.since)} " " <Moment at=since/> "."
            {(attempts > 0).then(|| view! { " " {t!(i18n, hub.under_way.attempts, count = move || attempts)} })}
            {again.map(|at| view! { " " {text!(i18n, hub.under_way.again)} " " <Moment at/> "." })}
        </p>
    }
    .into_any()
}
