//! Access tokens of the REST API: until when one works.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Whether an access token works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It works.
    Valid,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

impl TokenState {
    /// The state, at `now`, of a token that was revoked or expires then, if at all.
    #[must_use]
    pub fn of(revoked_at: Option<Timestamp>, expires_at: Option<Timestamp>, now: Timestamp) -> Self {
        match (revoked_at, expires_at) {
            (Some(_), _) => Self::Revoked,
            (None, Some(expires_at)) if expires_at <= now => Self::Expired,
            (None, _) => Self::Valid,
        }
    }
}
