//! The audit log, as the hub shows it.

use domain::{Timestamp, audit::Deed, bulk::Action};
use serde::{Deserialize, Serialize};

use super::{
    history::Doer,
    id::{JobId, PersonId, UserId},
    job::UserList,
    page::Page,
};

/// What the deeds of a list have to fit, as it stands in the address; what a form left empty is none. What cannot be understood is
/// the server's to refuse: a list that is not what was asked for would be taken for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// By whom: an administrator's id.
    #[serde(default)]
    pub who: Option<String>,
    /// Of which kind: a category's name.
    #[serde(default)]
    pub what: Option<String>,
    /// Not before this day, `2026-11-26`.
    #[serde(default)]
    pub from: Option<String>,
    /// Not after this day.
    #[serde(default)]
    pub to: Option<String>,
}

/// A page of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditPage {
    /// The deeds, the newest first.
    pub page: Page<AuditRow>,
    /// Who can be chosen: administrators, by id and address.
    pub people: Vec<(PersonId, String)>,
}

/// A deed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRow {
    /// When it was done.
    pub at: Timestamp,
    /// Who did it.
    pub by: Doer,
    /// What was done.
    pub deed: Deed,
    /// What it was done to.
    pub subject: Option<Subject>,
    /// What a bulk job was asked for.
    pub asked: Option<JobSummary>,
}

/// What a bulk job was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobSummary {
    /// What is done with each.
    pub action: Action,
    /// With how many, as far as they were counted.
    pub users: Option<u32>,
    /// The list whose users they are, without words that may be somebody's name; none if they were named one by one.
    pub list: Option<UserList>,
}

/// To what something was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A user who is there: the id.
    User(UserId),
    /// A bulk job: its id.
    Job(JobId),
    /// Something with a name.
    Named(String),
    /// A user or workspace that is gone: the BroadWorks id, as far as it was billed and is not erased.
    Former(String),
    /// A user who is gone and was never billed.
    FormerUser,
    /// Something else that is gone or has no page: its id.
    Gone(String),
}
