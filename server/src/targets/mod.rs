//! Where accounts are created, chosen per template: one file per target, behind one trait.

pub mod breaker;
pub mod directory;
mod lenient;
pub mod remote;
pub mod scim;
pub mod webex;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use domain::{EmailAddress, Fault, Package};
use uuid::Uuid;

/// Whose account, or which workspace: enough to find it, whatever has become of its data.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The subscriber's or workspace's id, under which the target keeps the account if it lets us choose.
    pub external_id: Uuid,
    /// The BroadWorks user id.
    pub user_id: String,
    /// The service provider's id of the customer.
    pub sp_enterprise_id: String,
    /// Under which name the target knows the template (Webex: its provisioning id), if it has one there.
    pub template: Option<String>,
    /// The account's or workspace's id at the target, once that has been heard of.
    pub person_id: Option<String>,
}

impl Identity {
    /// Somebody of whom no target has ever heard.
    #[must_use]
    pub fn nobody() -> Self {
        Self {
            external_id: Uuid::nil(),
            user_id: "nobody@nowhere.invalid".to_owned(),
            sp_enterprise_id: "nowhere".to_owned(),
            template: None,
            person_id: None,
        }
    }
}

/// An account as it shall be at the target.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose.
    pub identity: Identity,
    /// The same for every attempt that belongs to one order.
    pub idempotency_key: Uuid,
    /// The proven address.
    pub email: EmailAddress,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The package.
    pub package: Package,
    /// Whether it administers its customer.
    pub administrator: bool,
    /// What else is known.
    pub details: Details,
}

/// A workspace as it shall be at the target.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Which.
    pub identity: Identity,
    /// The same for every attempt that belongs to one order.
    pub idempotency_key: Uuid,
    /// Its name.
    pub display_name: String,
    /// The phone number.
    pub primary_phone: Option<String>,
    /// The extension.
    pub extension: Option<String>,
}

/// What may be known of a user besides. Where nothing is known, what the target knows stays.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// The phone number.
    pub primary_phone: Option<String>,
    /// The mobile phone's number.
    pub mobile_phone: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The language: `en` or `en_US`.
    pub language: Option<String>,
    /// The time zone, such as `America/Los_Angeles`.
    pub timezone: Option<String>,
}

/// How far a target has come with what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// It is done; the account's id at the target, if one remains.
    Done(Option<String>),
    /// The target has accepted it and works on it: it wants to be asked again, in so many milliseconds if it said so.
    Underway(Option<i64>),
    /// The owner of an existing free account with this address has to agree first.
    ConsentAsked,
}

/// Why a target did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The fault in our catalogue; whether it is transient decides about another attempt.
    pub fault: Fault,
    /// What the target itself said, for those who have to mend it. Holds no address, name or secret.
    pub detail: Option<String>,
    /// Milliseconds that the target asked to wait.
    pub retry_after: Option<i64>,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { fault, detail: None, retry_after: None }
    }
}

/// A system in which accounts and workspaces are created.
///
/// Every method is safe to repeat with the same idempotency key: an attempt whose outcome is unknown is made again, and
/// creating an account that is there answers that account.
#[async_trait]
pub trait Target: Send + Sync {
    /// Whether it answers us at all: a plain question that changes nothing and every account could ask.
    async fn probe(&self) -> Result<(), Refusal> {
        self.find(&Identity::nobody()).await.map(drop)
    }
    /// What has become of an account: the engine asks before it repeats an attempt whose outcome is unknown. `None` when
    /// the target knows of no such account.
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal>;
    /// Creates the account, or finds that an earlier attempt did.
    async fn create(&self, account: &Account) -> Result<Progress, Refusal>;
    /// Brings the account's data and package up to date; creates it if it is not there.
    async fn update(&self, account: &Account) -> Result<Progress, Refusal>;
    /// Removes the account, or finds that there is none.
    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal>;
    /// What has become of a workspace. `None` when the target knows of none, or does not say.
    async fn find_workspace(&self, identity: &Identity) -> Result<Option<Progress>, Refusal>;
    /// Creates the workspace, or finds that an earlier attempt did.
    async fn create_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal>;
    /// Brings the workspace up to date; creates it if it is not there.
    async fn update_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal>;
    /// Removes the workspace, or finds that there is none.
    async fn remove_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal>;
}

/// The targets by the names that templates use.
#[derive(Clone, Default)]
pub struct Targets(HashMap<&'static str, Arc<dyn Target>>);

impl Targets {
    /// Adds a target.
    #[must_use]
    pub fn with(mut self, name: &'static str, target: Arc<dyn Target>) -> Self {
        self.0.insert(name, target);
        self
    }

    /// The target of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Target>> {
        self.0.get(name)
    }
}
