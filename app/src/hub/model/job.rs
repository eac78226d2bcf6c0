//! Many changes at once, as the hub asks for them and shows them.

use domain::{
    Fault, Field, Package, Timestamp,
    bulk::{Action, Outcome},
};
use serde::{Deserialize, Serialize};

use super::{
    history::Doer,
    id::{JobId, TemplateId, UserId},
    page::Page,
    user::UserFilter,
};

/// The users of a list: those who are ticked, or all who fit. Who says nothing means nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// The template whose list it is; without one it is the search over all users.
    pub template: Option<TemplateId>,
    /// What the list shows.
    pub filter: UserFilter,
    /// Whether everybody who fits is meant, ticked or not.
    pub everybody: bool,
    /// Who is ticked.
    #[serde(default)]
    pub ids: Vec<UserId>,
}

/// What is to be done for each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkDeed {
    /// The failed attempt again.
    Retry,
    /// The mail that asks to prove the address again.
    Resend,
    /// Change Package Type.
    ChangePackage(Package),
    /// To be another template's.
    Move(TemplateId),
    /// Delete User.
    Delete,
    /// The same, and the user cannot come back by the share link.
    DeleteForGood,
}

/// Whom something would touch. Nothing has been written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkPreview {
    /// How many are selected.
    pub users: u32,
    /// For how many of them it can be done.
    pub fitting: u32,
    /// Why not for the others, and for how many each.
    pub left_out: Vec<LeftOut>,
    /// The first of those.
    pub examples: Vec<Example>,
}

/// Why something is not done for some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Why; without, nothing is to be done.
    pub why: Option<Fault>,
    /// How many they are.
    pub users: u32,
}

/// Somebody for whom it is not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The user's id.
    pub id: UserId,
    /// The BroadWorks ID.
    pub broadworks_id: String,
    /// Why; without, nothing is to be done.
    pub why: Option<Fault>,
}

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It is not begun yet, and can be taken back whole for so many seconds.
    Waiting(u32),
    /// It deletes so many that somebody has to approve it first.
    Staged,
    /// It is found out whom it is about.
    Selecting,
    /// It is being carried out.
    Running,
    /// Each row has its outcome.
    Finished,
    /// Somebody has ended it early.
    Cancelled,
}

impl JobState {
    /// Whether nothing more becomes of it.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Finished | Self::Cancelled)
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobRow {
    /// Its id.
    pub id: JobId,
    /// What it does with each row.
    pub action: Action,
    /// Who asked for it.
    pub by: Doer,
    /// When it was begun.
    pub created: Timestamp,
    /// When it was over, if it is.
    pub finished: Option<Timestamp>,
    /// How it stands.
    pub state: JobState,
    /// The BroadWorks ID of the user it is about, if it is about one.
    pub user: Option<String>,
    /// The list whose users it is about; none if they were named one by one.
    pub list: Option<UserList>,
    /// How many rows it has, as far as that is known.
    pub rows: u32,
    /// For how many it was done.
    pub accepted: u32,
    /// For how many there was nothing to do.
    pub unchanged: u32,
    /// How many were refused.
    pub refused: u32,
}

impl JobRow {
    /// How many rows have their outcome.
    #[must_use]
    pub const fn done(&self) -> u32 {
        self.accepted + self.unchanged + self.refused
    }
}

/// A list of users, all of whom were meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserList {
    /// The template's name; none if it is not only one's, or gone.
    pub template: Option<String>,
    /// The customer's name, the same.
    pub customer: Option<String>,
    /// Without those who are provisioned.
    pub exclude_provisioned: bool,
    /// What else they had to fit, in the filter language.
    pub filter: String,
}

/// A job and a page of its rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobDetail {
    /// The job.
    pub job: JobRow,
    /// The rows.
    pub page: Page<JobUser>,
}

/// A row of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobUser {
    /// Its place in the job, from 1.
    pub number: u32,
    /// Its first line in the file, if the job was made of one.
    pub line: Option<u32>,
    /// The user's id, if it is about one.
    pub user: Option<UserId>,
    /// The BroadWorks ID, as far as it is known; also of a user who is gone.
    pub broadworks_id: Option<String>,
    /// First and last name.
    pub name: String,
    /// What became of it; nothing yet, without.
    pub outcome: Option<Outcome>,
    /// Why it was refused, and because of which field.
    pub why: Vec<(Option<Field>, Fault)>,
}

/// Deletions that wait for approval.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedDeletions {
    /// Who has asked for them, how many, and since when they wait; none for whoever may not decide about them.
    pub jobs: Vec<JobRow>,
    /// How many users may be deleted in an hour before deletions wait.
    pub threshold: u32,
}

impl StagedDeletions {
    /// How many users they are about.
    #[must_use]
    pub fn users(&self) -> u32 {
        self.jobs.iter().map(|job| job.rows.saturating_sub(job.done())).sum()
    }
}

/// So many rows of a job have been shown to whoever decides about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenDeletions {
    /// The job.
    pub job: JobId,
    /// How many rows were shown.
    pub rows: u32,
}
