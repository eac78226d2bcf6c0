//! The one-time link by which somebody who was invited chooses a password. Works as a plain form too.

use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_params_map;

use super::{
    address::{self, HOME},
    entrance::{ChosenPassword, Entrance, behind_link, go_on, told},
    session::{AcceptInvitation, get_invitation},
};
use crate::{
    i18n::*,
    ui::{button::SubmitButton, problem::ProblemNotice, title::Title},
};

/// The page of an invitation.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let token = move || params.read().get("token").unwrap_or_default();
    let flash = told(address::invitation(&untrack(token)), HOME.to_owned());
    let action = ServerAction::<AcceptInvitation>::new();
    let outcome = Signal::derive(move || action.value().get());
    let problem = go_on(outcome, flash, || HOME.to_owned(), None);
    let invited = Resource::new_blocking(token, get_invitation);
    let form = move |email: String| {
        view! {
            <p class="lead">{text!(i18n, hub.invitation.lead)}</p>
            <ProblemNotice problem/>
            <ActionForm action attr:class="form">
                <input type="hidden" name="token" value=token/>
                <p>
                    {text!(i18n, hub.email)} ": " <strong class="name" translate="no">{email.clone()}</strong>
                </p>
                // Whose password it is, for the browser that keeps it.
                <input type="email" autocomplete="username" value=email readonly hidden/>
                <ChosenPassword/>
                <SubmitButton pending=action.pending()>{text!(i18n, hub.invitation.submit)}</SubmitButton>
            </ActionForm>
        }
    };
    view! {
        <Title text=text!(i18n, hub.invitation.title)/>
        <Entrance>
            <h1>{text!(i18n, hub.invitation.title)}</h1>
            {behind_link(invited, form)}
        </Entrance>
    }
}
