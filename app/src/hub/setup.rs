//! The one-time link by which the first administrator is created. Works as a plain form too.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_params_map;

use super::{
    address::{self, HOME},
    session::SetUp,
    sign_in::{Entrance, go_on, told},
};
use crate::{
    i18n::*,
    ui::{button::SubmitButton, field::Field, password_field::PasswordField, problem::ProblemNotice, title::Title},
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
    let problem = go_on(outcome, flash, || HOME.to_owned());
    view! {
        <Title text=move || t_string!(i18n, hub.setup.title)/>
        <Entrance>
            <h1>{t!(i18n, hub.setup.title)}</h1>
            <p class="lead">{t!(i18n, hub.setup.lead)}</p>
            <ProblemNotice problem/>
            <ActionForm action attr:class="form">
                <input type="hidden" name="token" value=token/>
                <Field
                    name="email"
                    label=move || t_string!(i18n, hub.email)
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
                    label=move || t_string!(i18n, hub.password)
                    hint=move || t_string!(i18n, hub.password_hint)
                    autocomplete="new-password"
                />
                <SubmitButton pending=action.pending()>{t!(i18n, hub.setup.submit)}</SubmitButton>
            </ActionForm>
        </Entrance>
    }
}
