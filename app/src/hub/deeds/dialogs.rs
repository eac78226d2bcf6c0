//! The dialogs in which something is done for a user.

use leptos::prelude::*;

use super::{
    Follower, change_package::ChangePackage, delete_user::DeleteUser, dialog::UserDialog, error_text::ErrorText,
    retry_activation::RetryActivation,
};
use crate::hub::bulk::MoveUser;

/// The open dialog. It stands outside of whatever shows the user, so that it survives whatever happens to that.
#[component]
pub(in crate::hub) fn UserDialogs(
    /// Which one is open.
    dialog: RwSignal<Option<UserDialog>>,
    /// The page that shows what follows.
    follower: Follower,
) -> impl IntoView {
    let on_close = move || dialog.set(None);
    move || {
        let follower = follower.clone();
        dialog.get().map(|open| match open {
            UserDialog::Retry(user) => view! { <RetryActivation user follower on_close/> }.into_any(),
            UserDialog::Delete(user) => view! { <DeleteUser user follower on_close/> }.into_any(),
            UserDialog::ChangePackage(user) => view! { <ChangePackage user follower on_close/> }.into_any(),
            UserDialog::Move(user) => view! { <MoveUser user=user.id on_close/> }.into_any(),
            UserDialog::ErrorText(text) => view! { <ErrorText text on_close/> }.into_any(),
        })
    }
}
