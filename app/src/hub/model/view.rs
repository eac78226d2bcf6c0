//! Lists that somebody has saved.

use serde::{Deserialize, Serialize};

/// A list that somebody has saved for themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// What they call it.
    pub name: String,
    /// Where it is in the hub, with its filter.
    pub address: String,
}
