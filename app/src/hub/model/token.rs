//! API tokens, as the hub shows them.

use domain::{Permission, Timestamp, TokenState};
use serde::{Deserialize, Serialize};

use super::id::TokenId;

/// How long an API token works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLifetime {
    /// For so many days.
    Days(u16),
    /// Until it is revoked.
    Unlimited,
}

impl TokenLifetime {
    /// What is offered.
    pub const OFFERED: [Self; 4] = [Self::Days(30), Self::Days(90), Self::Days(365), Self::Unlimited];
}

/// A row of the list of API tokens. The token itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it allows.
    pub permissions: Vec<Permission>,
    /// Since when it is there.
    pub created: Timestamp,
    /// Until when it works, if not until it is revoked.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
    /// Whether it works.
    pub state: TokenState,
}
