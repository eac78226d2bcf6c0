//! Those who sign in to the hub, and their sessions.

use domain::{Role, Timestamp};
use serde::{Deserialize, Serialize};

use super::id::PersonId;

/// Somebody who signs in to the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: PersonId,
    /// The address to sign in with.
    pub email: String,
    /// What they are, and for whom.
    pub post: Post,
    /// How they stand.
    pub state: PersonState,
    /// When they last signed in.
    pub signed_in: Option<Timestamp>,
    /// When they were added.
    pub added: Timestamp,
    /// Whether they have a second factor.
    pub factor: bool,
    /// Whether they have passkeys.
    pub passkey: bool,
    /// Whether they sign in by the partner's sign-in service, and not by a password.
    pub by_service: bool,
    /// Whether it is whoever looks.
    pub oneself: bool,
}

/// Who sees a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerPeople {
    /// The service provider's id of the customer.
    pub sp_enterprise_id: String,
    /// Those who see it, in the order in which they were added.
    pub people: Vec<Person>,
}

/// What somebody is, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    /// What they may do.
    pub role: Role,
    /// Whether it is for some customers only.
    pub assigned_only: bool,
    /// For which, by the service provider's ids, one a line.
    pub customers: String,
}

/// Whether somebody can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonState {
    /// They can.
    Active,
    /// They have not chosen a password yet; the link works.
    Invited,
    /// The link to choose a password by has expired.
    Expired,
    /// Somebody keeps them from it.
    Disabled,
}

/// A link for somebody, which is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// The address of whoever was invited.
    pub email: String,
    /// The link.
    pub link: String,
}

/// A session of whoever looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionRow {
    /// By what it is named.
    pub id: String,
    /// When it began.
    pub begun: Timestamp,
    /// When it was last used.
    pub used: Timestamp,
    /// From where it was begun.
    pub network: Option<String>,
    /// Whether it is this one.
    pub here: bool,
}

/// Which sessions to end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sessions {
    /// One.
    One(String),
    /// All but the one from which is asked.
    Others,
}
