//! Passkeys as pages show them, and what is said between a page, its browser and the server.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::id::PasskeyId;

/// Somebody's passkeys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passkeys {
    /// Whether there can be any: the hub's address has to have a name, and TLS.
    pub available: bool,
    /// Those there are, the oldest first.
    pub rows: Vec<PasskeyRow>,
}

/// A passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRow {
    /// Its id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// When it was added.
    pub added: Timestamp,
    /// When it was used last.
    pub used: Option<Timestamp>,
}

/// What a browser is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyQuestion {
    /// What has to come with the answer.
    pub token: String,
    /// What it is asked, in JSON.
    pub options: String,
}

/// What it answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAnswer {
    /// What came with the question.
    pub token: String,
    /// What the authenticator says, in JSON.
    pub credential: String,
}

/// By what somebody who is signed in proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofBy {
    /// What they enter, or where they go.
    pub step: super::SignInStep,
    /// Whether they have a passkey, which does as well.
    pub passkey: bool,
}
