//! The dialogs that a user's menu opens.

use leptos::prelude::*;

use super::{
    change_package::ChangePackage, delete_user::DeleteUser, error_text::ErrorText, list::UserList,
    retry_activation::RetryActivation,
};
use crate::hub::model::UserRow;

/// Which dialog is open, and for whom as he was when it was opened.
#[derive(Clone)]
pub(super) enum UserDialog {
    /// Retry Activation.
    Retry(UserRow),
    /// Delete User.
    Delete(UserRow),
    /// Change Package Type.
    ChangePackage(UserRow),
    /// Copy Error Text, where the browser does not let it be copied.
    ErrorText(String),
}

/// The open dialog. It stands outside of the table, so that it survives whatever happens to its user's row.
#[component]
pub(super) fn UserDialogs(
    /// Which one is open.
    dialog: RwSignal<Option<UserDialog>>,
    /// The list that shows what follows.
    list: UserList,
) -> impl IntoView {
    let on_close = move || dialog.set(None);
    move || {
        dialog.get().map(|open| match open {
            UserDialog::Retry(user) => view! { <RetryActivation user list on_close/> }.into_any(),
            UserDialog::Delete(user) => view! { <DeleteUser user list on_close/> }.into_any(),
            UserDialog::ChangePackage(user) => view! { <ChangePackage user list on_close/> }.into_any(),
            UserDialog::ErrorText(text) => view! { <ErrorText text on_close/> }.into_any(),
        })
    }
}
