//! What is shown of one user, on the user's page and in the panel beside a list: how they stand, who it is, all that has happened, and
//! what can be done.

mod facts;
mod happening;
mod open;
mod part;
mod place;
mod state;
mod timeline;
mod what_to_do;

use leptos::prelude::*;

use self::{facts::Facts, state::UserState};
pub(super) use self::{open::OpenUser, place::Place, timeline::Timeline, what_to_do::WhatToDo};
use super::model::{StepId, UserId};
use crate::{
    i18n::*,
    ui::notice::{Notice, Tone},
};

/// All that there is to read of a user.
#[component]
pub(super) fn Parts(
    /// The user.
    open: OpenUser,
    /// The user's id.
    id: UserId,
    /// Before which step, if this is not the newest page of the history.
    #[prop(optional_no_strip)]
    before: Option<StepId>,
) -> impl IntoView {
    view! {
        <GoneNow gone=open.gone/>
        <div class="user-parts">
            <div class="user-side">
                <UserState open/>
                <Facts open/>
            </div>
            <Timeline id before steps=open.steps next=open.next/>
        </div>
    }
}

/// Announces that the user has been deleted since they were opened.
#[component]
fn GoneNow(gone: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div role="status">
            {move || gone.get().then(|| view! { <Notice tone=Tone::Warning><p>{text!(i18n, hub.user.deleted_now)}</p></Notice> })}
        </div>
    }
}
