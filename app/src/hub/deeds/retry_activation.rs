//! Retry Activation: onboard a user with an address that the administrator vouches for, or just try again.

use domain::{Fault, email_address::looks_complete, fault::Audience};
use leptos::{either::Either, prelude::*};

use super::{Follower, unless_deleted};
#[cfg(feature = "ssr")]
use crate::{hub::session::signed_in, visitor::refuse};
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::{UserId, UserRow},
        outcome::Deed,
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{
        dialog::{CloseDialog, Dialog},
        fault,
        field::Field,
        focus::{focus, leads_to_button},
    },
};

/// The ids of the field, and of the place where a refusal is announced.
const EMAIL: &str = "email";
const PROBLEM: &str = "retry-problem";

/// Provisions the user with this address.
#[server(prefix = "/api", endpoint = "hub/onboard", client = crate::hub::client::HubClient)]
pub async fn onboard(user: UserId, email: String) -> Result<UserRow, Problem> {
    let (hub, administrator) = signed_in::<Onboard>().await?;
    let email =
        domain::EmailAddress::pasted(&email).inspect_err(|_| refuse(axum::http::StatusCode::BAD_REQUEST, None))?;
    hub.onboard(&administrator, user, email).await
}

/// Makes the failed attempt again as it was.
#[server(prefix = "/api", endpoint = "hub/retry", client = crate::hub::client::HubClient)]
pub async fn retry(user: UserId) -> Result<UserRow, Problem> {
    let (hub, administrator) = signed_in::<Retry>().await?;
    hub.retry(&administrator, user).await
}

/// The dialog: with an address where one can be given, else (only a failed removal is left) without.
#[component]
pub(super) fn RetryActivation(user: UserRow, follower: Follower, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog title=text!(i18n, hub.retry.title) on_close>
            {if user.actions.onboard {
                Either::Left(view! { <Onboarding user follower/> })
            } else {
                Either::Right(view! { <Again user follower/> })
            }}
        </Dialog>
    }
}

#[component]
fn Onboarding(user: UserRow, follower: Follower) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let UserRow { id, broadworks_id, email, .. } = user;
    let email = email.unwrap_or_default();
    let (before, typed, who) = (StoredValue::new(email.clone()), RwSignal::new(email), broadworks_id.clone());
    // What lacks nothing may still be none: the server knows, and says so.
    let complete = Memo::new(move |_| looks_complete(&typed.read()));
    // Nobody is told that an address is wrong while still typing it; but that it is right now, at once.
    let finished = RwSignal::new(false);
    let error = Signal::derive(move || {
        let fault = (finished.get() && !complete.get()).then_some(Fault::InvalidAddress)?;
        let locale = i18n.get_locale();
        Some(format!("{} {}", fault::cause(locale, fault), fault::remedy(locale, Audience::Administrator, fault)))
    });
    let send = move || {
        finished.set(true);
        if !complete.get_untracked() {
            return focus(document().get_element_by_id(EMAIL));
        }
        let (who, follower) = (who.clone(), follower.clone());
        request.send(unless_deleted(id, onboard(id, typed.get_untracked())), move |row| {
            dialog.close();
            follower.respond(Deed::Activation, (id, &who), row);
        });
    };
    let is_of_address = |problem: Problem| {
        matches!(problem.fault, Fault::InvalidAddress | Fault::AddressInUse | Fault::AddressElsewhere)
            .then_some(PROBLEM)
    };
    let refused_by = Signal::derive(move || request.problem().get().and_then(is_of_address));
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id=PROBLEM
            submit=text!(i18n, hub.retry.submit)
        >
            <p>{t!(i18n, hub.retry.lead, user = move || broadworks_id.clone())}</p>
            <Field
                name=EMAIL
                label=text!(i18n, hub.email)
                error
                refused_by
                input=view! {
                    <{..}
                        type="email"
                        autocomplete="off"
                        autofocus=true
                        value=typed.get_untracked()
                        on:input=move |event| {
                            typed.set(event_target_value(&event));
                            if complete.get_untracked() {
                                finished.set(false);
                            }
                        }
                        // Not as somebody presses a button: what is said would push it away from under the pointer, and nothing
                        // would be sent. That tells it, too.
                        on:focusout=move |event| {
                            if typed.get_untracked() != before.get_value() && !leads_to_button(&event) {
                                finished.set(true);
                            }
                        }
                    />
                }
            />
        </DialogForm>
    }
}

#[component]
fn Again(user: UserRow, follower: Follower) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let UserRow { id, broadworks_id, .. } = user;
    let who = broadworks_id.clone();
    let send = move || {
        let (who, follower) = (who.clone(), follower.clone());
        request.send(unless_deleted(id, retry(id)), move |row| {
            dialog.close();
            follower.respond(Deed::Removal, (id, &who), row);
        });
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id=PROBLEM
            submit=text!(i18n, hub.retry.again_submit)
        >
            <p>{t!(i18n, hub.retry.again_lead, user = move || broadworks_id.clone())}</p>
        </DialogForm>
    }
}
