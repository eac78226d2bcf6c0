//! Delete User.

use leptos::prelude::*;

use super::{Follower, unless_deleted};
use crate::{
    hub::{
        bulk::begin_bulk,
        comeback::Comeback,
        dialog_form::DialogForm,
        followed::Followed,
        model::{BulkDeed, JobRow, Selection, UserId, UserRow},
        outcome::Deed,
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
    },
};

/// Has the user deleted after the time in which that can be undone; with `forbid` the user cannot come back by the share link. Returns
/// nothing for somebody whom somebody else was faster to delete.
async fn delete(id: UserId, forbid: bool) -> Result<Option<JobRow>, Problem> {
    let deed = if forbid { BulkDeed::DeleteForGood } else { BulkDeed::Delete };
    let selection = Selection { ids: vec![id], ..Selection::default() };
    unless_deleted(id, begin_bulk(selection, deed)).await
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
    let followed = Followed::here();
    let forbid = RwSignal::new(false);
    let UserRow { broadworks_id, name, .. } = user.clone();
    let who = if name.is_empty() { broadworks_id } else { format!("{name} ({broadworks_id})") };
    let send = move || {
        let (user, follower) = (user.clone(), follower.clone());
        request.send(delete(user.id, forbid.get_untracked()), move |job| {
            dialog.close();
            match job {
                Some(job) => followed.follow_to_its_end(job, move |job| {
                    if job.accepted > 0 {
                        follower.begun(Deed::Removal, &user);
                    }
                }),
                None => follower.deleted(user.id, &user.broadworks_id),
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
            <p>{text!(i18n, hub.delete.effect)} " " {text!(i18n, hub.delete.undo)}</p>
            <Comeback forbid/>
        </DialogForm>
    }
}
