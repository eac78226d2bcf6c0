//! Somebody who signs in to the hub, on the page of all of them and on that of a customer whom they see: what they are, how they stand,
//! and how somebody is invited.

mod invite;
mod link;
mod post;

pub(super) use self::{invite::Invite, link::LinkDialog, post::ChangePost};
use super::model::PersonState;
use crate::i18n::*;
use leptos::prelude::*;

/// How somebody stands, in a word.
#[component]
pub(super) fn StateBadge(state: PersonState) -> impl IntoView {
    let i18n = use_i18n();
    view! { <span class="status" data-tone=tone(state)>{move || state_text(i18n.get_locale(), state)}</span> }
}

fn state_text(locale: Locale, state: PersonState) -> &'static str {
    match state {
        PersonState::Active => td_string!(locale, hub.people.active),
        PersonState::Invited => td_string!(locale, hub.people.invited),
        PersonState::Expired => td_string!(locale, hub.people.expired),
        PersonState::Disabled => td_string!(locale, hub.people.disabled),
    }
}

const fn tone(state: PersonState) -> &'static str {
    match state {
        PersonState::Active => "good",
        PersonState::Invited | PersonState::Expired => "waiting",
        PersonState::Disabled => "off",
    }
}
