//! Delete User.

use domain::Fault;
use leptos::prelude::*;

use super::Follower;
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{dialog_form::DialogForm, model::UserRow, outcome::Deed, request::Request},
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
    },
};

/// Removes the user; with `forbid` the user cannot come back by the share link. Answers the row while the account is being removed, nothing when the user is gone at once.
#[server(prefix = "/api", endpoint = "hub/delete-user", client = crate::hub::client::HubClient)]
pub async fn delete(user: String, forbid: bool) -> Result<Option<UserRow>, Problem> {
    let (hub, administrator) = signed_in::<Delete>().await?;
    hub.delete_user(&administrator, &user, forbid).await
}

/// As [`delete`]. Who is gone already, because somebody else was faster, is gone at once.
async fn deleted(user: String, forbid: bool) -> Result<Option<UserRow>, Problem> {
    match delete(user, forbid).await {
        Err(problem) if problem.fault == Fault::NotFound => Ok(None),
        answer => answer,
    }
}

/// The confirmation.
#[component]
pub(super) fn DeleteUser(user: UserRow, follower: Follower, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog title=text!(i18n, hub.delete.title) on_close>
            <Confirmation user follower/>
        </Dialog>
    }
}

#[component]
fn Confirmation(user: UserRow, follower: Follower) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let UserRow { id, broadworks_id, name, .. } = user;
    let forbid = RwSignal::new(false);
    let who = if name.is_empty() { broadworks_id.clone() } else { format!("{name} ({broadworks_id})") };
    let send = move || {
        let (id, user, follower) = (id.clone(), broadworks_id.clone(), follower.clone());
        request.send(deleted(id.clone(), forbid.get_untracked()), move |row| {
            dialog.close();
            match row {
                Some(row) => follower.accepted(Deed::Removal, row),
                None => follower.deleted(&id, &user),
            }
        });
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="delete-problem"
            submit=text!(i18n, hub.delete.submit)
            emphasis=Emphasis::Danger
        >
            <p>
                <strong>{t!(i18n, hub.delete.lead, user = move || who.clone())}</strong>
            </p>
            <p>{text!(i18n, hub.delete.effect)}</p>
            <fieldset class="choices">
                <legend>{text!(i18n, hub.delete.afterwards)}</legend>
                <label class="choice">
                    <input type="radio" name="comeback" checked=true on:change=move |_| forbid.set(false)/>
                    {text!(i18n, hub.delete.allow)}
                </label>
                <label class="choice">
                    <input type="radio" name="comeback" on:change=move |_| forbid.set(true)/>
                    {text!(i18n, hub.delete.forbid)}
                </label>
            </fieldset>
        </DialogForm>
    }
}
