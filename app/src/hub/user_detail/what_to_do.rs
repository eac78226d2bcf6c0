//! What can be done for the user now: what fixes it comes first, the rest is in the menu that the list has too.

use domain::{Permission, Status};
use leptos::{ev, prelude::*};

use super::{open::OpenUser, place::Place};
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        allowed::Allowed,
        deeds::{Follow as _, dialog::UserDialog, menu::UserMenu, retry_activation::retry},
        model::{UserId, UserRow},
        outcome::Deed,
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        problem::ProblemNotice,
        toast::Toasts,
    },
};

/// Sends the mail that asks to prove the address once more.
#[server(prefix = "/api", endpoint = "hub/resend", client = crate::hub::client::HubClient)]
pub async fn resend(user: UserId) -> Result<UserRow, Problem> {
    let (hub, administrator) = signed_in::<Resend>().await?;
    hub.resend(&administrator, user).await
}

/// The buttons and the menu.
#[component]
pub(in crate::hub) fn WhatToDo(open: OpenUser, dialog: RwSignal<Option<UserDialog>>) -> impl IntoView {
    let i18n = use_i18n();
    let request = Request::new();
    let toasts = Toasts::here();
    let id = open.row.with_untracked(|row| row.id);
    let offered = Memo::new(move |_| open.row.with(Offered::of));
    let again = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let row = open.row.get_untracked();
        let deed = deed(&row);
        request.send(retry(row.id), move |row| open.accepted(deed, row));
    };
    let mail = move |event: ev::SubmitEvent| {
        event.prevent_default();
        request.send(resend(id), move |row| {
            let user = row.broadworks_id.as_str();
            toasts.show_about(user, tu_string!(i18n, hub.user.resent, user));
            open.refresh();
        });
    };
    let onboard = move |_| dialog.set(Some(UserDialog::Retry(open.row.get_untracked())));
    view! {
        <div class="user-deeds" role="group" aria-label=text!(i18n, hub.user.actions)>
            {move || offered.get().retry.then(|| view! {
                <form on:submit=again>
                    <SubmitButton pending=request.pending()>{text!(i18n, hub.user.retry_now)}</SubmitButton>
                </form>
            })}
            {move || offered.get().resend.then(|| view! {
                <Allowed to=Permission::MailResend>
                    <form on:submit=mail>
                        <SubmitButton pending=request.pending()>{text!(i18n, hub.user.resend)}</SubmitButton>
                    </form>
                </Allowed>
            })}
            {move || offered.get().onboard.then(|| view! {
                <button type="button" class=Emphasis::Secondary.class() on:click=onboard>
                    {text!(i18n, hub.retry.title)}
                </button>
            })}
            <UserMenu id=format!("{}-{id}", Place::here().menu()) user=open.row dialog/>
        </div>
        <div class="user-problem"><ProblemNotice problem=request.problem() id="user-problem"/></div>
    }
}

/// What has a button of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Offered {
    retry: bool,
    resend: bool,
    onboard: bool,
}

impl Offered {
    fn of(row: &UserRow) -> Self {
        Self {
            retry: row.actions.retry,
            resend: row.status == Status::PendingEmailValidation,
            onboard: row.actions.onboard,
        }
    }
}

/// What the failed attempt was for.
fn deed(row: &UserRow) -> Deed {
    match (row.wanted_package, row.actions.onboard) {
        (Some(package), _) => Deed::Package(package),
        (None, true) => Deed::Activation,
        (None, false) => Deed::Removal,
    }
}
