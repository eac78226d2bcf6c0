//! The second factor of whoever calls.

use async_trait::async_trait;

use super::{Administrator, Visitor};
use crate::{
    hub::model::{FactorSetUp, FactorState},
    problem::Problem,
};

/// The caller's own second factor.
#[async_trait]
pub trait SecondFactors: Send + Sync {
    /// How it stands.
    async fn second_factor(&self, administrator: &Administrator) -> Result<FactorState, Problem>;
    /// Makes a secret, for whoever knows the password. It counts once its first code was entered.
    async fn begin_second_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        password: &str,
    ) -> Result<FactorSetUp, Problem>;
    /// Lets it count, by its first code. Returns the recovery codes, which cannot be shown again.
    async fn confirm_second_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        code: &str,
    ) -> Result<Vec<String>, Problem>;
    /// Makes new recovery codes in place of the old ones, for whoever has the factor.
    async fn renew_recovery_codes(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        code: &str,
    ) -> Result<Vec<String>, Problem>;
    /// Removes it, for whoever has it.
    async fn remove_second_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        code: &str,
    ) -> Result<(), Problem>;
}
