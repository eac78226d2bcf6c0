//! The second factor of whoever calls.

use async_trait::async_trait;

use super::caller::{Administrator, Visitor};
use crate::{
    hub::model::{FactorSetUp, FactorState},
    problem::Problem,
};

/// The caller's own second factor, and whether everybody has to have one.
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
    /// Asks everybody who signs in for the partner for a second factor, or leaves it to them again.
    async fn require_factor(&self, administrator: &Administrator, required: bool) -> Result<(), Problem>;
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
