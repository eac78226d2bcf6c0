//! What the server sends to the hub's pages: the types that cross the wire.

mod audit;
mod customer;
mod history;
mod id;
mod import;
mod job;
mod overview;
mod person;
mod roster;
mod second_factor;
mod template;
mod token;
mod user;
mod user_page;

use domain::Role;
use serde::{Deserialize, Serialize};

pub use self::{
    audit::{Asked, AuditFilter, AuditPage, AuditRow, Subject},
    customer::{CustomerRow, CustomerTemplates},
    history::{Doer, Step},
    id::{CustomerId, JobId, PersonId, StepId, TemplateId, TokenId, UserId},
    import::{
        CellProblem, ImportFailure, ImportNews, ImportReport, LARGEST_FILE, LARGEST_MEGABYTES, MOST_ROWS, Malformation,
    },
    job::{
        BulkDeed, BulkPreview, Example, JobDetail, JobRow, JobState, JobUser, LeftOut, SeenDeletions, Selection,
        StagedDeletions, UserList,
    },
    overview::{Day, Failing, Healthy, Quarantine, ServiceState, Speed, Stuck},
    person::{Invited, Person, PersonState, Post, SessionRow, Sessions},
    roster::{GivenAddress, Member, MemberOutcome, Roster},
    second_factor::{FactorSetUp, FactorState, SignInStep},
    template::{MailPreview, Service, ServiceOutage, SignInOutage, TemplateDetail, TemplateRow},
    token::{TokenLifetime, TokenRow, TokenState},
    user::{Found, Hit, UnderWay, UserFilter, UserRow, UserStatus},
    user_page::{MailState, UserDetail, UserHistory, Vouched},
};

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
    /// Whether this is the demo.
    pub demo: bool,
}

/// A page of a list that is paged by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// The key of its first row, if there is a page before it: what that one is read [`Cursor::Before`].
    pub previous: Option<String>,
    /// The key of its last row, if there is a page behind it: what that one is read [`Cursor::After`].
    pub next: Option<String>,
}

/// From where on a page of a list is read: by a row's key, so that the last page costs no more than the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// From the list's beginning.
    #[default]
    Start,
    /// Behind the row with this key.
    After(String),
    /// The rows that end before the one with this key.
    Before(String),
}

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
