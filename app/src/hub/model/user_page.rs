//! One user, as the user's page shows them.

use domain::{Mailing, Timestamp, lifecycle::Proof};
use serde::{Deserialize, Serialize};

use super::{
    history::{Doer, Step},
    id::CustomerId,
    page::Page,
    template::ServiceOutage,
    user::UserRow,
};

/// What a user's page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserHistory {
    /// The user; none if nothing but the history is left.
    pub user: Option<UserDetail>,
    /// What happened, the newest step first.
    pub steps: Page<Step>,
}

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetail {
    /// As in the User Status list.
    pub row: UserRow,
    /// The customer's id.
    pub customer: CustomerId,
    /// Primary phone number.
    pub phone: Option<String>,
    /// Mobile phone number.
    pub mobile: Option<String>,
    /// Extension.
    pub extension: Option<String>,
    /// Preferred language.
    pub language: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
    /// Why the address counts as the user's own, if it does.
    pub vouched: Option<Vouched>,
    /// The mail that asks to prove the address, while it is open.
    pub mail: Option<MailState>,
    /// What the user waits for that is down for everybody.
    pub outage: Option<ServiceOutage>,
    /// When the user came.
    pub arrived: Timestamp,
}

/// Why an address counts as the user's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vouched {
    /// What proves it.
    pub proof: Proof,
    /// Who proved it or vouched for it and when, as far as history says.
    pub by: Option<(Doer, Timestamp)>,
}

/// How the mail fares that asks to prove an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailState {
    /// How it fares.
    pub mailing: Mailing,
    /// When it was asked for.
    pub asked: Timestamp,
}
