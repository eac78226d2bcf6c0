//! How many users there are and how they stand.

use serde::{Deserialize, Serialize};

/// How many users there are and how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All of them.
    pub total: u32,
    /// Provisioned.
    pub provisioned: u32,
    /// Waiting for the user or somebody else, or under way.
    pub pending: u32,
    /// In error.
    pub error: u32,
}
