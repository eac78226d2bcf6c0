//! How onboarding goes.

use async_trait::async_trait;

use super::caller::Administrator;
use crate::{hub::model::Healthy, problem::Problem};

/// How onboarding of the administrator's customers goes.
#[async_trait]
pub trait Overview: Send + Sync {
    /// Everything that the overview shows.
    async fn overview(&self, administrator: &Administrator) -> Result<Healthy, Problem>;
}
