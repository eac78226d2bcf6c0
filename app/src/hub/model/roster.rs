//! The people of a customer, as the customer's own administrator sees them.

use domain::{Fault, Status, Timestamp, filter::Flaw, subscriber::Requirement};
use serde::{Deserialize, Serialize};

use super::{
    counts::Counts,
    id::{CustomerId, UserId},
    page::Page,
};
use crate::problem::Problem;

/// What the page of a customer's people shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The customer's id.
    pub id: CustomerId,
    /// The customer's name.
    pub customer: String,
    /// How all of its people stand.
    pub users: Counts,
    /// One page of them.
    pub page: Page<Member>,
    /// Why the filter's text cannot be understood; then the page is empty.
    pub flaw: Option<Flaw>,
}

/// One of a customer's people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Their id.
    pub id: UserId,
    /// The BroadWorks ID.
    pub broadworks_id: String,
    /// First and last name.
    pub name: String,
    /// The phone number, or else the extension.
    pub number: Option<String>,
    /// The address, proven or not.
    pub email: Option<String>,
    /// The status.
    pub status: Status,
    /// What is pending, if something is.
    pub requirement: Option<Requirement>,
    /// What went wrong with the last attempt, or with the mail.
    pub fault: Option<Fault>,
    /// Whether they can be given an address now.
    pub takes_address: bool,
    /// Whether a failed activation can be tried again as it was.
    pub can_retry: bool,
    /// When the status last changed.
    pub changed: Timestamp,
}

/// An address that somebody is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenAddress {
    /// The user whose address it is.
    pub id: UserId,
    /// As it was typed.
    pub email: String,
}

/// What came of something for one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberOutcome {
    /// The user of whom it is the outcome.
    pub id: UserId,
    /// Why it was refused, if it was.
    pub problem: Option<Problem>,
    /// How they stand now, if they are still there.
    pub member: Option<Member>,
}
