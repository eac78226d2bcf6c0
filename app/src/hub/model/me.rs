//! Who is signed in to the hub.

use domain::Role;
use serde::{Deserialize, Serialize};

use super::id::PersonId;

/// Who is signed in to the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The administrator's id: what the page asks carries it, so that another's page is refused.
    pub id: PersonId,
    /// The administrator's email address.
    pub email: String,
    /// The partner's name.
    pub partner: String,
    /// What they are.
    pub role: Role,
    /// Whether the partner asks everybody for a second factor.
    pub factor_required: bool,
    /// Whether they have yet to set up theirs, and can do nothing else until then.
    pub factor_owed: bool,
    /// The service by which they sign in, if it is no password: its name.
    pub service: Option<String>,
    /// Whether this is the demo.
    pub demo: bool,
}
