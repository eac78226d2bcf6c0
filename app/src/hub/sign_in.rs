//! Sign-in, and the frame that it shares with the set-up page. Both work as plain forms too.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use super::{
    arrival::ArrivedAlone,
    session::{SignIn, local},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::SubmitButton,
        field::Field,
        locale_switcher::LocaleSwitcher,
        logo::Logo,
        password_field::PasswordField,
        problem::{PROBLEM, ProblemNotice},
        title::Title,
    },
};

/// The sign-in page.
#[component]
pub fn SignInPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let next = move || query.read().get("next").unwrap_or_default();
    let action = ServerAction::<SignIn>::new();
    let outcome = Signal::derive(move || action.value().get());
    go_on(outcome, move || local(&next()).to_owned());
    let problem = Signal::derive(move || outcome.get().and_then(Result::err));
    let refused = Signal::derive(move || problem.get().map(|_| PROBLEM));
    view! {
        <Title text=move || t_string!(i18n, hub.sign_in.title)/>
        <Entrance>
            <h1>{t!(i18n, hub.sign_in.title)}</h1>
            <p class="lead">{t!(i18n, hub.sign_in.lead)}</p>
            <ProblemNotice problem/>
            <ActionForm action attr:class="form">
                <input type="hidden" name="next" value=next/>
                <Field
                    name="email"
                    label=move || t_string!(i18n, hub.email)
                    refused_by=refused
                    input=view! {
                        <{..}
                            type="email"
                            autocomplete="username"
                            required=true
                            autofocus=true
                        />
                    }
                />
                <PasswordField
                    name="password"
                    label=move || t_string!(i18n, hub.password)
                    refused_by=refused
                    autocomplete="current-password"
                />
                <SubmitButton pending=action.pending()>{t!(i18n, hub.sign_in.submit)}</SubmitButton>
            </ActionForm>
        </Entrance>
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

/// Opens the hub once the form has succeeded; without JavaScript the server's redirect does.
pub(super) fn go_on(outcome: Signal<Option<Result<(), Problem>>>, to: impl Fn() -> String + 'static) {
    let navigate = use_navigate();
    Effect::new(move || {
        if matches!(outcome.get(), Some(Ok(()))) {
            navigate(&to(), NavigateOptions { replace: true, ..NavigateOptions::default() });
        }
    });
}
