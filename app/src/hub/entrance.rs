//! What the forms in front of the hub share: sign-in, set-up, invitation.

use domain::Fault;
use leptos::{either::Either, prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, components::A, hooks::use_navigate};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    address::{self, HOME},
    arrival::ArrivedAlone,
    client,
    model::SignInStep,
    session::{get_me, get_sign_in_step},
};
use crate::{
    flash::Flash,
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis, focus::focus_on_what_is_refused, locale_switcher::LocaleSwitcher, logo::Logo,
        password_field::PasswordField, problem::ProblemNotice,
    },
};

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

/// Opens the hub at `to` once the form has succeeded and the browser has kept the session; without JavaScript the server's
/// redirects do. A code that is asked for first is entered on the sign-in page: `look_again` has that page read its step anew,
/// from any other page the browser goes there. Returns what went wrong.
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
                        (Ok(SignInStep::Code | SignInStep::Passkey), Some(look_again)) => _ = look_again.try_run(()),
                        (Ok(SignInStep::Code | SignInStep::Passkey), None) => {
                            navigate(&address::sign_in(to), NavigateOptions::default());
                        }
                        _ => _ = problem.try_set(Some(Fault::CookiesRefused.into())),
                    },
                    _ => navigate(&to, NavigateOptions { replace: true, ..NavigateOptions::default() }),
                }
            });
        }
    });
    problem.into()
}

/// What a one-time link opens: the form, or why there is none and the way on for whoever has an account by now.
pub(super) fn behind_link<T, V>(
    link: Resource<Result<T, Problem>>,
    form: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Suspense>
            {move || {
                let form = form.clone();
                Suspend::new(async move {
                    match link.await {
                        Ok(opened) => Either::Left(form(opened)),
                        Err(problem) => Either::Right(view! { <InVain problem/> }),
                    }
                })
            }}
        </Suspense>
    }
}

#[component]
fn InVain(problem: Problem) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <ProblemNotice problem=Some(problem)/>
        <p class="actions">
            <A href=address::sign_in(HOME.to_owned()) attr:class=Emphasis::Secondary.class()>
                {text!(i18n, hub.sign_in.title)}
            </A>
        </p>
    }
}

/// Where whoever comes by a one-time link chooses a password.
#[component]
pub(super) fn ChosenPassword() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <PasswordField
            name="password"
            label=text!(i18n, hub.password)
            hint=text!(i18n, hub.password_hint)
            autocomplete="new-password"
        />
    }
}
