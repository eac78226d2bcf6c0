//! What has happened to a user, as the hub shows it.

use domain::{Fault, Happening, Status, Timestamp};
use serde::{Deserialize, Serialize};

use super::id::StepId;

/// A step in a user's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its id: the key by which the steps before it are read.
    pub id: StepId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub happening: Happening,
    /// Who did it.
    pub by: Doer,
    /// The status before it; none when the user had just come.
    pub from: Option<Status>,
    /// The status after it; none when the user is gone.
    pub to: Option<Status>,
    /// What went wrong, if something did.
    pub fault: Option<Fault>,
    /// What the target or the mail server itself said about that.
    pub detail: Option<String>,
}

/// Who did something to a user. The names are as they are today; none of who is not there any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doer {
    /// The user, in the portal.
    User,
    /// The engine.
    Engine,
    /// An administrator, by this address.
    Administrator(Option<String>),
    /// A client of the API, by the token of this name.
    Token(Option<String>),
    /// BroadWorks, through the adapter of the template of this name.
    Adapter(Option<String>),
    /// An import by whoever runs the server.
    Import,
    /// Whoever runs the server, at its command line.
    Operator,
}
