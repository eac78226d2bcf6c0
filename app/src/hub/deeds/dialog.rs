//! Which dialog is open.

use crate::hub::model::UserRow;

/// Which dialog is open, and for whom as he was when it was opened.
#[derive(Clone)]
pub(in crate::hub) enum UserDialog {
    /// Retry Activation.
    Retry(UserRow),
    /// Delete User.
    Delete(UserRow),
    /// Change Package Type.
    ChangePackage(UserRow),
    /// Move to Another Template.
    Move(UserRow),
    /// Copy Error Text, where the browser does not let it be copied.
    ErrorText(String),
}
