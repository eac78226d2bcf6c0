//! The users of a partner.

use async_trait::async_trait;
use domain::{EmailAddress, Package};

use super::caller::Administrator;
use crate::{
    hub::model::{Cursor, Found, StepId, TemplateId, UserFilter, UserHistory, UserId, UserRow, UserStatus},
    problem::Problem,
};

/// The users of the administrator's partner.
#[async_trait]
pub trait Users: Send + Sync {
    /// The User Status list, newest users first, 50 to a page.
    async fn user_status(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        filter: UserFilter,
        cursor: Cursor,
    ) -> Result<UserStatus, Problem>;
    /// The partner's users who fit what was typed, in the filter language: those who fit best, then the newest, 50 to a page.
    async fn search(&self, administrator: &Administrator, typed: &str, cursor: Cursor) -> Result<Found, Problem>;
    /// The current rows of these users (at most 100), for live updates; those that are gone are missing.
    async fn user_rows(&self, administrator: &Administrator, ids: Vec<UserId>) -> Result<Vec<UserRow>, Problem>;
    /// One user, and what has happened to them before this step (from now on back, without one), 25 steps to a page.
    async fn user(
        &self,
        administrator: &Administrator,
        user: UserId,
        before: Option<StepId>,
    ) -> Result<UserHistory, Problem>;
    /// Retry Activation → Onboard: provisions with this address.
    async fn onboard(
        &self,
        administrator: &Administrator,
        user: UserId,
        email: EmailAddress,
    ) -> Result<UserRow, Problem>;
    /// Makes a failed attempt (of an update or a removal too) again as it was.
    async fn retry(&self, administrator: &Administrator, user: UserId) -> Result<UserRow, Problem>;
    /// Sends the mail that asks to prove the address once more, within the limits that the user has.
    async fn resend(&self, administrator: &Administrator, user: UserId) -> Result<UserRow, Problem>;
    /// Change Package Type.
    async fn change_package(
        &self,
        administrator: &Administrator,
        user: UserId,
        package: Package,
    ) -> Result<UserRow, Problem>;
}
