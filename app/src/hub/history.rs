//! A user, and what has happened to them: for the user's page, and for whoever wants to do something for somebody who is gone.

use leptos::prelude::*;

use super::model::{StepId, UserHistory, UserId};
#[cfg(feature = "ssr")]
use super::session::signed_in;
use crate::problem::Problem;

/// One user, and what has happened to them before this step.
#[server(prefix = "/api", endpoint = "hub/user", client = crate::hub::client::HubClient)]
pub async fn get_user(user: UserId, before: Option<StepId>) -> Result<UserHistory, Problem> {
    let (hub, administrator) = signed_in::<GetUser>().await?;
    hub.user(&administrator, user, before).await
}

/// Whether there was a user of this id, whom somebody has deleted.
pub(super) async fn is_deleted(user: UserId) -> bool {
    matches!(get_user(user, None).await, Ok(UserHistory { user: None, .. }))
}
