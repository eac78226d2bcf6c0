//! What an administrator can do for a user, from the list or from the user's page: a menu, and a dialog for each.

mod change_package;
mod delete_user;
pub(super) mod dialog;
pub(super) mod dialogs;
mod error_text;
pub(super) mod menu;
pub(super) mod retry_activation;

use std::sync::Arc;

use domain::Fault;

use super::{
    history::is_deleted,
    model::{UserId, UserRow},
    outcome::Deed,
};
use crate::problem::Problem;

/// The page on which something is done for a user, which shows what follows. It may have been left when the answer comes.
pub(super) trait Follow: Send + Sync {
    /// What was asked for was accepted, and this is how the user stands now.
    fn accepted(&self, deed: Deed, user: UserRow);
    /// What was asked for some time ago has begun by now; this is how the user stood when it was asked for.
    fn begun(&self, deed: Deed, user: &UserRow);
    /// What was asked for took the user of this id and BroadWorks ID away at once.
    fn deleted(&self, id: UserId, broadworks_id: &str);
    /// What [`unless_deleted`] says of something that was asked for the user of this id and BroadWorks ID.
    fn respond(&self, deed: Deed, (id, broadworks_id): (UserId, &str), user: Option<UserRow>) {
        match user {
            Some(user) => self.accepted(deed, user),
            None => self.deleted(id, broadworks_id),
        }
    }
}

/// What came of something that was asked for a user; nothing if somebody else has deleted the user meanwhile.
async fn unless_deleted<T>(
    user: UserId,
    asked: impl Future<Output = Result<T, Problem>>,
) -> Result<Option<T>, Problem> {
    match asked.await {
        Err(problem) if problem.fault == Fault::NotFound && is_deleted(user).await => Ok(None),
        answer => answer.map(Some),
    }
}

/// As it is handed from the page to its dialogs.
pub(super) type Follower = Arc<dyn Follow>;
