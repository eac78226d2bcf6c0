//! Who is signed in, and their password. The form works as a plain one too: a password must never be sent in an address.

mod passkeys;
mod recovery_codes;
mod second_factor;
mod sessions;

use domain::Fault;
use leptos::{form::ActionForm, html, prelude::*};

use self::{passkeys::OwnPasskeys, second_factor::OwnFactor, sessions::OwnSessions};
#[cfg(feature = "ssr")]
use super::{address::ACCOUNT, session::signed_in};
use super::{allowed::CurrentAdministrator, loaded::loaded, model::Me, session::get_me, text::role_text};
#[cfg(feature = "ssr")]
use crate::{
    flash,
    visitor::{HUB_SESSION, begin_session, visitor},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::SubmitButton,
        focus::focus_on_what_is_refused,
        password_field::PasswordField,
        problem::{PROBLEM, ProblemNotice},
        title::Title,
        toast::Toasts,
        unsaved::AskBeforeLeaving,
    },
};

/// The ids of the two fields.
const CURRENT: &str = "current_password";
const NEW: &str = "new_password";

/// Gives whoever is signed in another password and ends their other sessions.
#[server(prefix = "/api", endpoint = "hub/change-password", client = crate::hub::client::HubClient)]
pub async fn change_password(current_password: String, new_password: String) -> Result<(), Problem> {
    let visitor = visitor(HUB_SESSION);
    let session = async {
        let (hub, administrator) = signed_in::<ChangePassword>().await?;
        hub.change_password(&administrator, &visitor, &current_password, &new_password).await
    };
    let outcome = session.await.map(|session| begin_session(HUB_SESSION, session));
    flash::answer(ACCOUNT, "", outcome)
}

/// Why the last plain form was refused.
#[cfg(feature = "ssr")]
fn refused() -> Option<Problem> {
    flash::arrive(HUB_SESSION, ACCOUNT, ACCOUNT).and_then(|flash| flash.problem)
}

#[cfg(not(feature = "ssr"))]
const fn refused() -> Option<Problem> {
    None
}

/// The account of whoever is signed in.
#[component]
pub fn OwnAccount() -> impl IntoView {
    let i18n = use_i18n();
    let refused = SharedValue::new(refused).into_inner();
    let (me, current) = (Resource::new_blocking(|| (), |()| get_me()), expect_context::<CurrentAdministrator>());
    loaded(me, move |shown| {
        let Me { factor_owed: owed, factor_required: required, ref service, ref email, .. } = shown;
        let (own, email) = (service.is_none(), email.clone());
        // A passkey is all that was owed; without one there may be something to set up.
        let changed = Callback::new(move |left: usize| {
            current.refetch();
            if owed || required && left == 0 {
                me.refetch();
            }
        });
        view! {
            <Title text=text!(i18n, hub.account.title)/>
            <header class="page-head">
                <h1>{text!(i18n, hub.account.title)}</h1>
                <p class="lead">{text!(i18n, hub.account.lead)}</p>
            </header>
            // First what nothing else can be done without.
            {owed.then(|| view! { <OwnFactor owed/> })}
            <div class="columns">
                // Whoever signs in by a service has neither: it asks for what it wants to know.
                {own.then(|| view! { <Password email=email.clone() refused=refused.clone()/> })}
                <Identity me=shown/>
            </div>
            {own.then(|| view! { <OwnPasskeys changed/> })}
            {(own && !owed).then(|| view! { <OwnFactor owed/> })}
            <OwnSessions/>
        }
    })
}

#[component]
fn Password(email: String, refused: Option<Problem>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = Toasts::here();
    let action = ServerAction::<ChangePassword>::new();
    let outcome = action.value();
    let problem = RwSignal::new(refused);
    let wrong = Memo::new(move |_| problem.get().and_then(|problem| field(problem.fault)));
    let refused_by = move |field| Signal::derive(move || (wrong.get() == Some(field)).then_some(PROBLEM));
    let form = NodeRef::<html::Form>::new();
    let unsaved = RwSignal::new(false);
    Effect::new(move || {
        let Some(outcome) = outcome.get() else { return };
        problem.set(outcome.clone().err());
        if outcome.is_err() {
            request_animation_frame(focus_on_what_is_refused);
            return;
        }
        unsaved.set(false);
        toasts.show(tu_string!(i18n, hub.account.changed));
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
    });
    view! {
        <section class="card" aria-labelledby="password-title">
            <h2 id="password-title">{text!(i18n, hub.account.change)}</h2>
            <p class="lead">{text!(i18n, hub.account.effect)}</p>
            // The server checks, in the reader's language; the browser would only be first.
            <ActionForm
                action
                node_ref=form
                attr:class="form form-narrow"
                attr:novalidate=true
                attr:data-saves=""
                on:input=move |_| unsaved.set(true)
            >
                // Whose password it is, for the browser that keeps it.
                <input type="email" autocomplete="username" value=email readonly hidden/>
                <PasswordField
                    name=CURRENT
                    label=text!(i18n, hub.account.current)
                    refused_by=refused_by(CURRENT)
                    autocomplete="current-password"
                />
                <PasswordField
                    name=NEW
                    label=text!(i18n, hub.account.new_password)
                    hint=text!(i18n, hub.password_hint)
                    refused_by=refused_by(NEW)
                    autocomplete="new-password"
                />
                <ProblemNotice problem/>
                <p class="actions">
                    <SubmitButton pending=action.pending()>{text!(i18n, hub.account.change)}</SubmitButton>
                </p>
            </ActionForm>
            <AskBeforeLeaving unsaved/>
        </section>
    }
}

/// In which field something has to be put right.
const fn field(fault: Fault) -> Option<&'static str> {
    match fault {
        Fault::PasswordMissing | Fault::CurrentPasswordWrong => Some(CURRENT),
        Fault::PasswordTooShort | Fault::PasswordTooLong | Fault::PasswordGuessable | Fault::PasswordNamesOwner => {
            Some(NEW)
        }
        _ => None,
    }
}

#[component]
fn Identity(me: Me) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="card" aria-labelledby="identity-title">
            <h2 id="identity-title">{text!(i18n, hub.account.signed_in)}</h2>
            <dl class="facts">
                <div class="facts-wide">
                    <dt>{text!(i18n, hub.email)}</dt>
                    <dd class="name" translate="no">{me.email}</dd>
                </div>
                <div class="facts-wide">
                    <dt>{text!(i18n, hub.people.role)}</dt>
                    <dd>{move || role_text(i18n.get_locale(), me.role)}</dd>
                </div>
                {me.service.map(|service| view! {
                    <div class="facts-wide">
                        <dt>{text!(i18n, hub.account.service)}</dt>
                        <dd class="name" translate="no">{service}</dd>
                    </div>
                })}
                <div class="facts-wide">
                    <dt>{text!(i18n, hub.account.partner)}</dt>
                    <dd class="name" translate="no">{me.partner}</dd>
                </div>
            </dl>
        </section>
    }
}
