//! Onboarding templates, as the hub shows them, and what their users wait for.

use domain::{
    Fault, Package, Timestamp,
    template::{Reminders, SelfProvisioning, UserVerification},
};
use serde::{Deserialize, Serialize};

use super::{counts::Counts, id::TemplateId};
use crate::frame::Picture;

/// The most bytes of a file of which a logo is made.
pub const LARGEST_PICTURE: usize = 512 << 10;

/// A row of View Templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Its id.
    pub id: TemplateId,
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

/// The most templates that are found by their name.
pub const MOST_FOUND: usize = 20;

/// A template that was looked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateName {
    /// Its id.
    pub id: TemplateId,
    /// Its name.
    pub name: String,
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
    pub id: TemplateId,
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
    /// Where answers to its mails go; empty for their sender.
    pub reply_to: String,
    /// What its mails end with; empty for the name in them.
    pub signature: String,
    /// How users are reminded to prove their address.
    pub reminders: Reminders,
    /// The colour of its buttons and links; empty for ours.
    pub accent: String,
    /// What its pages and mails begin with, if not the name in them.
    pub logo: Option<Picture>,
    /// The languages of portal and mails, each with what it is called in itself.
    pub languages: Vec<(String, String)>,
    /// In which of them its mails are written to whom nothing better is known of.
    pub mail_language: String,
    /// Grows with each change: [`Fault::ChangedMeanwhile`] if somebody else was faster.
    pub version: i32,
    /// All its users.
    pub users: Counts,
}

/// A mail as users get it, with somebody and something made up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPreview {
    /// What it is about.
    pub subject: String,
    /// All of it, in plain text.
    pub text: String,
    /// In which language.
    pub language: String,
    /// In which direction that is written.
    pub direction: String,
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
