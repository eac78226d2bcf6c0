//! The one-time link by which the first administrator is created. Works as a plain form too.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_params_map;

use super::{
    address::{self, HOME},
    entrance::{ChosenPassword, Entrance, behind_link, go_on, told},
    session::{SetUp, check_set_up_link},
};
use crate::{
    i18n::*,
    ui::{button::SubmitButton, field::Field, problem::ProblemNotice, title::Title},
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
    let form = move |()| {
        let typed = typed.clone();
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
                            value=typed
                            required=true
                            autofocus=true
                        />
                    }
                />
                <ChosenPassword/>
                <SubmitButton pending=action.pending()>{text!(i18n, hub.setup.submit)}</SubmitButton>
            </ActionForm>
        }
    };
    view! {
        <Title text=text!(i18n, hub.setup.title)/>
        <Entrance>
            <h1>{text!(i18n, hub.setup.title)}</h1>
            {behind_link(link, form)}
        </Entrance>
    }
}
