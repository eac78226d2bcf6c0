//! The second factor of whoever is signed in, and the step of a sign-in that asks for it.

use domain::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ui::qr_code::Drawing;

/// What a sign-in waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignInStep {
    /// Address and password.
    Password,
    /// The code of the second factor.
    Code,
    /// A passkey, where more than the password is asked for and they have nothing else.
    Passkey,
    /// What the identity provider asks for, by which they sign in.
    Provider,
}

/// A service by which people sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInService {
    /// By what it is named in addresses.
    pub key: String,
    /// What it is called.
    pub name: String,
}

/// The state of the caller's second factor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorState {
    /// There is none, and this server cannot keep one.
    Unavailable,
    /// There is none.
    Off,
    /// There is one.
    On {
        /// When it was set up.
        since: Timestamp,
        /// How many recovery codes are left.
        recovery_codes: u32,
    },
}

/// What an app has to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorSetUp {
    /// The secret in groups of four letters, for whoever types it in.
    pub key: String,
    /// The same for an app on this device.
    pub url: String,
    /// The same for a camera.
    pub drawing: Option<Drawing>,
}
