//! Very many deletions, which wait for approval.

use async_trait::async_trait;

use super::caller::Administrator;
use crate::{
    hub::model::{SeenDeletions, StagedDeletions},
    problem::Problem,
};

/// The deletions of the administrator's partner that wait.
#[async_trait]
pub trait Deletions: Send + Sync {
    /// The deletions that wait for approval.
    async fn staged_deletions(&self, administrator: &Administrator) -> Result<StagedDeletions, Problem>;
    /// Says yes or no to those that were shown. Returns about how many users.
    async fn decide_deletions(
        &self,
        administrator: &Administrator,
        approve: bool,
        seen: &[SeenDeletions],
    ) -> Result<u32, Problem>;
    /// Says how many users may be deleted in an hour before deletions wait.
    async fn set_deletion_threshold(&self, administrator: &Administrator, threshold: u32) -> Result<(), Problem>;
}
