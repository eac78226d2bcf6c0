//! Passkeys: the caller's own, and whoever signs in or proves who they are by one.

use async_trait::async_trait;

use super::caller::{Administrator, NewSession, Visitor};
use crate::{
    hub::model::{PasskeyAnswer, PasskeyId, PasskeyQuestion, Passkeys as Shown},
    problem::Problem,
};

/// Passkeys. What a browser is asked is answered once, within five minutes.
#[async_trait]
pub trait Passkeys: Send + Sync {
    /// The caller's own.
    async fn passkeys(&self, administrator: &Administrator) -> Result<Shown, Problem>;
    /// Asks the browser to make one.
    async fn begin_passkey(&self, administrator: &Administrator, visitor: &Visitor)
    -> Result<PasskeyQuestion, Problem>;
    /// Adds the one that it has made. Ends every other session of theirs.
    async fn add_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        answer: &PasskeyAnswer,
        name: &str,
    ) -> Result<Shown, Problem>;
    /// Gives one another name.
    async fn rename_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        id: PasskeyId,
        name: &str,
    ) -> Result<Shown, Problem>;
    /// Removes one. Ends every other session of theirs.
    async fn remove_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        id: PasskeyId,
    ) -> Result<Shown, Problem>;
    /// Asks the browser of whoever calls for one.
    async fn begin_passkey_sign_in(&self, visitor: &Visitor) -> Result<PasskeyQuestion, Problem>;
    /// Begins the session of whoever has shown it.
    async fn sign_in_by_passkey(&self, visitor: &Visitor, answer: &PasskeyAnswer) -> Result<NewSession, Problem>;
    /// Asks the browser of whoever is signed in for one.
    async fn begin_passkey_proof(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
    ) -> Result<PasskeyQuestion, Problem>;
    /// Takes it as a proof of who they are.
    async fn prove_by_passkey(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        answer: &PasskeyAnswer,
    ) -> Result<(), Problem>;
}
