//! Sign-in, and the frame that it shares with the set-up page. Both work as plain forms too.

use domain::Fault;
use leptos::{either::Either, form::ActionForm, prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{
    address,
    arrival::ArrivedAlone,
    client,
    model::SignInStep,
    session::{EnterSignInCode, SignIn, SignOut, get_me, get_sign_in_step, local},
};
use crate::{
    flash::Flash,
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        field::Field,
        focus::focus_on_what_is_refused,
        locale_switcher::LocaleSwitcher,
        logo::Logo,
        password_field::PasswordField,
        problem::{PROBLEM, ProblemNotice},
        title::Title,
    },
};

/// The sign-in page: one address, whose step is the server's to know.
#[component]
pub fn SignInPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let next = Signal::derive(move || query.read().get("next").unwrap_or_default());
    let here = untrack(|| local(&next.get()).to_owned());
    let flash = told(address::sign_in(here.clone()), here);
    let step = Resource::new_blocking(|| (), |()| get_sign_in_step());
    let look_again = Callback::new(move |()| step.refetch());
    view! {
        <Title text=text!(i18n, hub.sign_in.title)/>
        <Entrance>
            <Suspense>
                {move || {
                    let flash = flash.clone();
                    Suspend::new(async move {
                        match step.await {
                            Ok(SignInStep::Code) => Either::Left(view! { <CodeStep next flash look_again/> <ArrivedAlone/> }),
                            // The page comes before its heading.
                            _ => Either::Right(view! { <PasswordStep next flash look_again/> <ArrivedAlone/> }),
                        }
                    })
                }}
            </Suspense>
        </Entrance>
    }
}

/// Asks for address and password.
#[component]
fn PasswordStep(next: Signal<String>, flash: Option<Flash>, look_again: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let typed = flash.as_ref().map(|flash| flash.typed.clone());
    let action = ServerAction::<SignIn>::new();
    let outcome = Signal::derive(move || action.value().get());
    let problem = go_on(outcome, flash, move || local(&next.get_untracked()).to_owned(), Some(look_again));
    let refused_with = move |own: Fault| {
        let any = [Fault::HubBadCredentials, Fault::TooManyAttempts, Fault::HubCredentialsMissing, own];
        Signal::derive(move || problem.get().filter(|problem| any.contains(&problem.fault)).map(|_| PROBLEM))
    };
    let (email_refused, password_refused) = (refused_with(Fault::AddressMissing), refused_with(Fault::PasswordMissing));
    view! {
        <h1>{text!(i18n, hub.sign_in.title)}</h1>
        <p class="lead">{text!(i18n, hub.sign_in.lead)}</p>
        <ProblemNotice problem/>
        // The server checks, in the reader's language; the browser would only be first.
        <ActionForm action attr:class="form" attr:novalidate=true>
            <input type="hidden" name="next" value=next/>
            <Field
                name="email"
                label=text!(i18n, hub.email)
                refused_by=email_refused
                input=view! {
                    <{..}
                        type="email"
                        autocomplete="username"
                        value=typed
                        required=true
                        autofocus=true
                    />
                }
            />
            <PasswordField
                name="password"
                label=text!(i18n, hub.password)
                refused_by=password_refused
                autocomplete="current-password"
            />
            <SubmitButton pending=action.pending()>{text!(i18n, hub.sign_in.submit)}</SubmitButton>
        </ActionForm>
    }
}

/// Asks for the code of the second factor.
#[component]
fn CodeStep(next: Signal<String>, flash: Option<Flash>, look_again: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<EnterSignInCode>::new();
    let outcome = Signal::derive(move || action.value().get());
    let problem = go_on(outcome, flash, move || local(&next.get_untracked()).to_owned(), None);
    let refused = Signal::derive(move || problem.get().map(|_| PROBLEM));
    let leave = ServerAction::<SignOut>::new();
    Effect::new(move || {
        if matches!(leave.value().get(), Some(Ok(()))) {
            look_again.run(());
        }
    });
    view! {
        <h1>{text!(i18n, hub.sign_in.code_title)}</h1>
        <p class="lead">{text!(i18n, hub.sign_in.code_lead)}</p>
        <ProblemNotice problem/>
        <ActionForm action attr:class="form" attr:novalidate=true>
            <input type="hidden" name="next" value=next/>
            <Field
                name="code"
                label=text!(i18n, hub.sign_in.code)
                hint=text!(i18n, hub.sign_in.code_hint)
                refused_by=refused
                input=view! {
                    <{..}
                        autocomplete="one-time-code"
                        autocapitalize="none"
                        spellcheck="false"
                        dir="ltr"
                        required=true
                        autofocus=true
                    />
                }
            />
            <SubmitButton pending=action.pending()>{text!(i18n, hub.sign_in.submit)}</SubmitButton>
        </ActionForm>
        <ActionForm action=leave attr:class="form">
            <button type="submit" class=Emphasis::Quiet.class()>
                {text!(i18n, hub.sign_in.begin_again)}
            </button>
        </ActionForm>
    }
}

/// The page around a form in front of the hub.
#[component]
pub(super) fn Entrance(
    /// Heading and form.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="entrance">
            <main class="entrance-card" id="main">
                <p class="brand">
                    <Logo/>
                    "Flowthrough"
                </p>
                {children()}
                <ArrivedAlone/>
            </main>
            <LocaleSwitcher/>
        </div>
    }
}

/// What the last form could not do where no JavaScript runs. Who was signed in here before is so no longer.
pub(super) fn told(again: String, next: String) -> Option<Flash> {
    client::belongs_to(None);
    SharedValue::new(move || arrived(&again, &next)).into_inner()
}

#[cfg(feature = "ssr")]
fn arrived(again: &str, next: &str) -> Option<Flash> {
    crate::flash::arrive(crate::visitor::HUB_SESSION, again, next)
}

#[cfg(not(feature = "ssr"))]
const fn arrived(_: &str, _: &str) -> Option<Flash> {
    None
}

/// Opens the hub once the form has succeeded and the browser has kept the session; without JavaScript the server's
/// redirects do. Where a code is asked for first, that is done on the sign-in page; which is told so by `look_again`, if it is
/// that one. Answers what went wrong.
pub(super) fn go_on(
    outcome: Signal<Option<Result<(), Problem>>>,
    flash: Option<Flash>,
    to: impl Fn() -> String + 'static,
    look_again: Option<Callback<()>>,
) -> Signal<Option<Problem>> {
    let problem = RwSignal::new(flash.and_then(|flash| flash.problem));
    let navigate = use_navigate();
    Effect::new(move || {
        let Some(outcome) = outcome.get() else { return };
        problem.set(outcome.clone().err());
        if outcome.is_err() {
            request_animation_frame(focus_on_what_is_refused);
        } else {
            let (navigate, to) = (navigate.clone(), to());
            spawn_local(async move {
                match get_me().await {
                    Err(Problem { fault: Fault::NotSignedIn, .. }) => match (get_sign_in_step().await, look_again) {
                        (Ok(SignInStep::Code), Some(look_again)) => _ = look_again.try_run(()),
                        (Ok(SignInStep::Code), None) => navigate(&address::sign_in(to), NavigateOptions::default()),
                        _ => _ = problem.try_set(Some(Fault::CookiesRefused.into())),
                    },
                    _ => navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() }),
                }
            });
        }
    });
    problem.into()
}
