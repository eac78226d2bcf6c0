//! Signing in to the hub, and the account of whoever is signed in.

use async_trait::async_trait;

use super::caller::{Administrator, NewSession, Visitor};
use crate::{
    hub::model::{Me, ProofBy, SignInService, SignInStep},
    problem::Problem,
};

/// Signing in to the hub, and one's own account.
#[async_trait]
pub trait Administrators: Send + Sync {
    /// Begins a session, or one that waits for the code of the second factor.
    async fn sign_in(&self, visitor: &Visitor, email: &str, password: &str) -> Result<NewSession, Problem>;
    /// What the visitor's sign-in waits for.
    async fn sign_in_step(&self, visitor: &Visitor) -> Result<SignInStep, Problem>;
    /// Begins the session that waits for the code of the second factor.
    async fn enter_sign_in_code(&self, visitor: &Visitor, code: &str) -> Result<NewSession, Problem>;
    /// The services by which people sign in beside the password.
    async fn sign_in_services(&self) -> Result<Vec<SignInService>, Problem>;
    /// Ends the session.
    async fn sign_out(&self, visitor: &Visitor) -> Result<(), Problem>;
    /// Whether a set-up link still works.
    async fn check_set_up_link(&self, token: &str) -> Result<(), Problem>;
    /// Creates the first administrator by the one-time set-up link and begins a session.
    async fn set_up(&self, visitor: &Visitor, token: &str, email: &str, password: &str) -> Result<NewSession, Problem>;
    /// What the administrator has to prove who they are with, before what asks for that; none if they have done so a short while ago.
    async fn proof_needed(&self, administrator: &Administrator, visitor: &Visitor) -> Result<Option<ProofBy>, Problem>;
    /// Proves who they are: by the password, or by a code where they have a second factor.
    async fn prove(&self, administrator: &Administrator, visitor: &Visitor, typed: &str) -> Result<(), Problem>;
    /// Gives the administrator another password. Ends all their sessions but for the visitor's, which is renewed.
    async fn change_password(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        current: &str,
        new: &str,
    ) -> Result<NewSession, Problem>;
    /// Who is signed in.
    async fn me(&self, administrator: &Administrator) -> Result<Me, Problem>;
}
