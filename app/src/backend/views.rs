//! Lists that somebody has saved.

use async_trait::async_trait;

use super::caller::Administrator;
use crate::{hub::model::SavedView, problem::Problem};

/// The lists that the administrator has saved. Each answers all of them, by name.
#[async_trait]
pub trait Views: Send + Sync {
    /// All of them.
    async fn views(&self, administrator: &Administrator) -> Result<Vec<SavedView>, Problem>;
    /// Saves one, in place of the one of the same name.
    async fn save_view(&self, administrator: &Administrator, view: SavedView) -> Result<Vec<SavedView>, Problem>;
    /// Removes the one of this name; none is no error.
    async fn remove_view(&self, administrator: &Administrator, name: &str) -> Result<Vec<SavedView>, Problem>;
}
