//! Where accounts and workspaces are created, chosen per template: one file per target, behind one trait.

pub mod breaker;
pub mod directory;
mod elsewhere;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod lenient;
pub mod remote;
pub mod scim;
pub mod webex;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use domain::{EmailAddress, Fault, Package};
use uuid::Uuid;

use crate::ids::{OwnerId, SubscriberId, TaskId};

/// The owner of an account, or the workspace: enough to find it, whatever has become of its data.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The subscriber's or workspace's id, under which the target keeps the account if it lets us choose.
    pub external_id: OwnerId,
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
            external_id: SubscriberId::from(Uuid::nil()).into(),
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
    /// The account's owner.
    pub identity: Identity,
    /// The same for every attempt that belongs to one order.
    pub idempotency_key: TaskId,
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
    /// By what it is known at the target.
    pub identity: Identity,
    /// The same for every attempt that belongs to one order.
    pub idempotency_key: TaskId,
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
    /// What the target itself said, for those who have to fix it. Holds no address, name or secret.
    pub detail: Option<String>,
    /// Milliseconds that the target asked to wait.
    pub retry_after: Option<i64>,
    /// It would have said so to whatever it was asked: nothing about it is the order's.
    pub of_all: bool,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { fault, detail: None, retry_after: None, of_all: false }
    }
}

/// What a target holds: an account or a workspace.
pub trait Entry: AsRef<Identity> + Send + Sync + Sized {
    /// What has to be known of one to remove it. The address of an account may never have been proven.
    type Known: AsRef<Identity> + Send + Sync;

    /// A target, as what holds such.
    fn at(target: &dyn Target) -> &dyn Holds<Self>;
}

impl AsRef<Identity> for Identity {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl AsRef<Identity> for Account {
    fn as_ref(&self) -> &Identity {
        &self.identity
    }
}

impl AsRef<Identity> for Workspace {
    fn as_ref(&self) -> &Identity {
        &self.identity
    }
}

impl Entry for Account {
    type Known = Identity;

    fn at(target: &dyn Target) -> &dyn Holds<Self> {
        target
    }
}

impl Entry for Workspace {
    type Known = Self;

    fn at(target: &dyn Target) -> &dyn Holds<Self> {
        target
    }
}

/// A system that holds accounts, or workspaces.
///
/// Every method is safe to repeat with the same idempotency key: an attempt whose outcome is unknown is made again, and
/// creating what is there returns that.
#[async_trait]
pub trait Holds<E: Entry>: Send + Sync {
    /// What has become of one: the engine asks before it repeats an attempt whose outcome is unknown. `None` when the
    /// target knows of no such account or workspace, or does not say.
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal>;
    /// Creates it, or finds that an earlier attempt did.
    async fn create(&self, wanted: &E) -> Result<Progress, Refusal>;
    /// Brings its data and package up to date; creates it if it is not there.
    async fn update(&self, wanted: &E) -> Result<Progress, Refusal>;
    /// Removes it, or finds that there is none.
    async fn remove(&self, known: &E::Known) -> Result<Progress, Refusal>;
}

/// A system in which accounts and workspaces are created.
#[async_trait]
pub trait Target: Holds<Account> + Holds<Workspace> {
    /// Whether it answers us at all: a plain question that changes nothing and every account could ask.
    async fn probe(&self) -> Result<(), Refusal> {
        Holds::<Account>::find(self, &Identity::nobody()).await.map(drop)
    }
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

    /// Their names, in their order.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        let mut names: Vec<_> = self.0.keys().copied().collect();
        names.sort_unstable();
        names
    }

    /// The target of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Arc<dyn Target>> {
        self.0.get(name)
    }
}
