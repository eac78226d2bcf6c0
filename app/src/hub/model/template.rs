//! Onboarding templates, as the hub shows them, and what their users wait for.

use domain::{
    Fault, Package, Timestamp,
    template::{SelfProvisioning, UserVerification},
};
use serde::{Deserialize, Serialize};

use super::Counts;

/// A row of View Templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Trusted or untrusted.
    pub verification: UserVerification,
    /// The package that users get unless told otherwise.
    pub default_package: Package,
    /// Whether users can provision themselves, where they are meant to.
    pub self_provisioning: SelfProvisioning,
    /// This customer's users under it.
    pub users: Counts,
}

/// Why BroadWorks cannot check passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOutage {
    /// What was found at its address, in English.
    pub reason: String,
    /// When that was found first; nothing, if the address itself cannot be used.
    pub since: Option<Timestamp>,
}

/// An onboarding template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateDetail {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The default email language.
    pub language: String,
    /// The package that users get unless told otherwise.
    pub default_package: Package,
    /// Trusted or Untrusted Emails.
    pub verification: UserVerification,
    /// What the Share Link field holds.
    pub share_link: String,
    /// What it should point to.
    pub activation_link: String,
    /// Allow users to self-activate.
    pub self_activation: bool,
    /// Provision Admin First.
    pub provision_admin_first: bool,
    /// What BroadWorks or an API client uses to reach this template.
    pub provisioning_id: String,
    /// The Xsi-Actions address against which passwords are checked.
    pub xsi_url: String,
    /// What keeps users from signing in to the portal, if something does.
    pub sign_in_outage: Option<SignInOutage>,
    /// The name in the mails to users.
    pub partner_admin: String,
    /// Grows with each change: [`Fault::ChangedMeanwhile`] if somebody else was faster.
    pub version: i32,
    /// All its users.
    pub users: Counts,
}

/// Something that users wait for and that is down for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceOutage {
    /// What it is.
    pub service: Service,
    /// What is wrong with it.
    pub cause: Fault,
    /// When it last did nothing for the first time.
    pub since: Timestamp,
    /// How many of the template's users wait for it.
    pub waiting: u32,
}

/// What users wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// The mail server.
    Mail,
    /// Where accounts are created.
    Accounts,
}
