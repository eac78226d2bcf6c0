//! The activation portal: one address, `/activate/<share token>`, that always shows the step where the user stands.
//!
//! The step is the server's to know ([`PortalPage`]), so the user may close the browser anywhere and come back. The pages
//! are plain HTML with plain forms (POST, redirect, GET), made by the server alone; what `frontend/portal` does in the
//! browser is to fetch them without leaving the open one (docs/decisions, 58).

mod address;
mod answer;
mod consent;
mod done;
mod failed;
mod form;
mod heading;
mod held;
mod identifier;
pub(crate) mod join;
mod mailed_link;
pub(crate) mod page;
mod platform;
mod progress;
mod proof;
mod question;
mod removing;
mod sign_in;
pub(crate) mod stop;
mod unavailable;
mod visit;

use domain::{Fault, Timestamp};
pub use mailed_link::LinkPage;
pub use platform::Platform;
use serde::{Deserialize, Serialize};

use crate::{flash::Flash, frame::Branding, problem::Problem};

/// The path that leads every device to the app that runs there.
pub const CLIENT_APP: &str = "/app";

/// What `/activate/<share token>` shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalPage {
    /// The provider whose portal it is.
    pub branding: Branding,
    /// Where the user stands.
    pub step: PortalStep,
    /// What the last plain form could not do, and what was typed into it (never a password).
    pub flash: Option<Flash>,
}

/// What a page shows to everybody. The server puts it into the extensions of a request for which nobody has to be asked.
#[derive(Clone)]
pub struct Opening(pub PortalPage);

/// Where the user stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PortalStep {
    /// Nothing can be done here now: the link is unknown or the template is set up wrongly. Offers Try again.
    Unavailable(Problem),
    /// Sign in with BroadWorks user id and password.
    SignIn,
    /// Enter an email address.
    Address {
        /// Who is signed in.
        user: SignedIn,
        /// An address that is known but not proven, to start from.
        suggestion: Option<String>,
    },
    /// Prove the address by the mailed link or code.
    Proof {
        /// Who is signed in.
        user: SignedIn,
        /// The address that was entered.
        email: String,
        /// How the mail fares.
        mail: MailState,
        /// From whom it comes: `Acme <activation@acme.example>`.
        sender: String,
        /// Seconds until the mail may be asked for again.
        resend_in: u32,
    },
    /// The account is being created; `user.held` says that the customer's administrator has to come first.
    Progress {
        /// Who is signed in.
        user: SignedIn,
        /// The proven address.
        email: String,
        /// Set after a first attempt failed and the engine is about to try again: why.
        setback: Option<Problem>,
    },
    /// The owner of an existing free account was asked for consent by email.
    Consent {
        /// Who is signed in.
        user: SignedIn,
        /// The address of that account.
        email: String,
    },
    /// The last attempt failed. Offers Try again, and another address.
    Failed {
        /// Who is signed in.
        user: SignedIn,
        /// The address of the attempt.
        email: String,
        /// Why it failed.
        problem: Problem,
        /// How often it failed.
        tries: Tries,
    },
    /// The account is being removed, or could not be yet: there is nothing here for the user until it is.
    Removing {
        /// Who is signed in.
        user: SignedIn,
    },
    /// The account is there.
    Done {
        /// Who is signed in.
        user: SignedIn,
        /// The address of the account.
        email: String,
        /// What it is for.
        client: ClientApp,
        /// The whole address that leads every device to the app that runs there: [`CLIENT_APP`].
        anywhere: String,
    },
}

impl PortalStep {
    /// Who is signed in, if somebody is.
    #[must_use]
    pub const fn user(&self) -> Option<&SignedIn> {
        match self {
            Self::Unavailable(_) | Self::SignIn => None,
            Self::Address { user, .. }
            | Self::Proof { user, .. }
            | Self::Progress { user, .. }
            | Self::Consent { user, .. }
            | Self::Failed { user, .. }
            | Self::Removing { user }
            | Self::Done { user, .. } => Some(user),
        }
    }

    /// Whether it may change without the reader's doing: by a mail's fate, a link opened elsewhere, the engine.
    #[must_use]
    pub const fn changes_by_itself(&self) -> bool {
        matches!(
            self,
            Self::Proof { .. }
                | Self::Progress { .. }
                | Self::Consent { .. }
                | Self::Failed { .. }
                | Self::Removing { .. }
        )
    }
}

/// Who is signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The subscriber's id: forms carry it, so that one made for somebody else is refused.
    pub id: String,
    /// The BroadWorks user id.
    pub broadworks_id: String,
    /// To greet the user by; may be empty.
    pub first_name: String,
    /// The customer whose administrator has to be provisioned first (template: Provision Admin First), if this user is held back.
    pub held: Option<String>,
}

/// How often an account could not be created with the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tries {
    /// How many attempts have failed.
    pub count: u32,
    /// When the last one failed.
    pub last: Timestamp,
}

/// How a mail fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MailState {
    /// On its way to the mail server.
    Queued,
    /// It is tried again: why, and when, if that is known.
    PutOff(Fault, Option<Timestamp>),
    /// The mail server took it.
    Sent,
    /// Nobody knows whether the mail server took it.
    Uncertain,
    /// It was refused for good.
    Refused(Fault),
}

/// The app that users sign in to with their accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientApp {
    /// What it is called.
    pub name: String,
    /// Which password it asks for.
    pub password: ClientPassword,
    /// Where to get it; each platform at most once.
    pub downloads: Vec<Download>,
}

/// Which password the app asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClientPassword {
    /// The one that opens the portal: BroadWorks checks it.
    BroadWorks,
    /// One that the user chooses in the app.
    Own,
}

/// Where to get the app for one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// The platform.
    pub platform: Platform,
    /// The link.
    pub url: String,
}

/// A link that is still good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// For which BroadWorks user.
    pub broadworks_id: String,
    /// The address that it proves.
    pub email: String,
}
