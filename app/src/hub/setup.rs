//! The one-time link by which the first administrator is created. Works as a plain form too.

use leptos::{either::Either, form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_params_map};

use super::{
    address::{self, HOME},
    session::{SetUp, check_set_up_link},
    sign_in::{Entrance, go_on, told},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        field::Field,
        password_field::PasswordField,
        problem::ProblemNotice,
        title::Title,
    },
};

/// The set-up page.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let flash = told(address::set_up(&untrack(token)), HOME.to_owned());
    let typed = flash.as_ref().map(|flash| flash.typed.clone());
    let action = ServerAction::<SetUp>::new();
    let outcome = Signal::derive(move || action.value().get());
    let problem = go_on(outcome, flash, || HOME.to_owned(), None);
    let link = Resource::new_blocking(token, check_set_up_link);
    let form = move || {
        view! {
            <p class="lead">{text!(i18n, hub.setup.lead)}</p>
            <ProblemNotice problem/>
            <ActionForm action attr:class="form">
                <input type="hidden" name="token" value=token/>
                <Field
                    name="email"
                    label=text!(i18n, hub.email)
                    input=view! {
                        <{..}
                            type="email"
                            autocomplete="username"
                            value=typed.clone()
                            required=true
                            autofocus=true
                        />
                    }
                />
                <PasswordField
                    name="password"
                    label=text!(i18n, hub.password)
                    hint=text!(i18n, hub.password_hint)
                    autocomplete="new-password"
                />
                <SubmitButton pending=action.pending()>{text!(i18n, hub.setup.submit)}</SubmitButton>
            </ActionForm>
        }
    };
    view! {
        <Title text=text!(i18n, hub.setup.title)/>
        <Entrance>
            <h1>{text!(i18n, hub.setup.title)}</h1>
            <Suspense>
                {move || {
                    let form = form.clone();
                    Suspend::new(async move {
                        match link.await {
                            Ok(()) => Either::Left(form()),
                            Err(problem) => Either::Right(view! { <InVain problem/> }),
                        }
                    })
                }}
            </Suspense>
        </Entrance>
    }
}

/// Why there is nothing to fill in, and the way on for whoever has an account by now.
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
