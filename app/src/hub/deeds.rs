//! What an administrator can do for a user, from the list or from the user's page: a menu, and a dialog for each.

mod change_package;
mod delete_user;
pub(super) mod dialogs;
mod error_text;
pub(super) mod menu;
pub(super) mod retry_activation;

use std::sync::Arc;

use super::{model::UserRow, outcome::Deed};

/// The page on which something is done for a user, which shows what follows. It may have been left when the answer comes.
pub(super) trait Follow: Send + Sync {
    /// What was asked for was accepted, and this is how the user stands now.
    fn accepted(&self, deed: Deed, user: UserRow);
    /// What was asked for some time ago has begun by now; this is how the user stood when it was asked for.
    fn begun(&self, deed: Deed, user: &UserRow);
    /// What was asked for took the user of this id and BroadWorks ID away at once.
    fn deleted(&self, id: &str, broadworks_id: &str);
}

/// As it is handed from the page to its dialogs.
pub(super) type Follower = Arc<dyn Follow>;
