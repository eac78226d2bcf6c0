//! The users of a template, as the hub shows them.

use domain::{
    Fault, Package, Status, Timestamp,
    filter::Flaw,
    lifecycle::{Actions, Order},
    subscriber::Requirement,
};
use serde::{Deserialize, Serialize};

use super::{
    counts::Counts,
    id::{CustomerId, TemplateId, UserId},
    page::Page,
};
use crate::problem::Problem;

/// Which users the User Status list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserFilter {
    /// Only this customer's.
    pub customer: Option<CustomerId>,
    /// Only those with pending requirements or errors.
    pub exclude_provisioned: bool,
    /// What else they have to fit, in the filter language (`domain::filter`).
    #[serde(default)]
    pub text: Option<String>,
}

/// What the User Status view shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserStatus {
    /// The template's name.
    pub template: String,
    /// The customer's name, when the list shows only one customer's.
    pub customer: Option<String>,
    /// How the users of the whole list stand (before excluding the provisioned ones).
    pub users: Counts,
    /// One page of it.
    pub page: Page<UserRow>,
    /// Why the filter's text cannot be understood; then the page is empty.
    pub flaw: Option<Flaw>,
}

/// What the search over all users of the partner finds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Those who fit best, and then one page of all who fit.
    pub page: Page<Hit>,
    /// Why what was typed cannot be understood; then the page is empty.
    pub flaw: Option<Flaw>,
}

/// A user who was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// Its id.
    pub id: UserId,
    /// The BroadWorks ID.
    pub broadworks_id: String,
    /// First and last name.
    pub name: String,
    /// The status.
    pub status: Status,
    /// The customer's name.
    pub customer: String,
    /// The template's name.
    pub template: String,
}

/// A row of the User Status list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Its id.
    pub id: UserId,
    /// The BroadWorks ID.
    pub broadworks_id: String,
    /// First and last name.
    pub name: String,
    /// The customer's name.
    pub customer: String,
    /// The service provider's id of the customer.
    pub enterprise_id: String,
    /// The template's id.
    pub template_id: TemplateId,
    /// The template's name.
    pub template: String,
    /// Whether the template lets users provision themselves through the portal.
    pub portal_open: bool,
    /// The address, proven or not.
    pub email: Option<String>,
    /// The package.
    pub package: Package,
    /// The package that an update under way asks for.
    pub wanted_package: Option<Package>,
    /// The status.
    pub status: Status,
    /// What is pending, if something is.
    pub requirement: Option<Requirement>,
    /// The last attempt's fault; `tracking_id` is the attempt's.
    pub problem: Option<Problem>,
    /// What the target itself said about that fault.
    pub detail: Option<String>,
    /// What is being done at the moment.
    pub under_way: Option<UnderWay>,
    /// Why the mail that asks to prove the address was refused, if it was.
    pub mail: Option<Fault>,
    /// When the status last changed.
    pub changed: Timestamp,
    /// Whether somebody has had them deleted, and that has not begun yet.
    pub leaving: bool,
    /// Whether somebody has had them deleted, and that waits for approval.
    #[serde(default)]
    pub staged: bool,
    /// What the row's menu offers.
    pub actions: Actions,
}

impl UserRow {
    /// What is wrong: the last attempt's fault, or that the mail did not reach the user.
    pub(in crate::hub) fn fault(&self) -> Option<Fault> {
        self.problem.as_ref().map(|problem| problem.fault).or(self.mail)
    }

    /// Whether there is anything to say of why the user is not provisioned.
    pub(in crate::hub) fn has_error_text(&self) -> bool {
        self.requirement.is_some() || self.fault().is_some() || self.under_way.is_some() || self.leaving || self.staged
    }
}

/// What is being done for a user, and how that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// What it is.
    pub order: Order,
    /// How many attempts were begun.
    pub attempts: u32,
    /// Why the last attempt did not succeed; another one follows.
    pub setback: Option<Fault>,
    /// When that one is made, if that is known.
    pub again: Option<Timestamp>,
}
