//! Where accounts are created, chosen per template: one file per target, behind one trait.

pub mod directory;

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use domain::{EmailAddress, Fault, Package};
use uuid::Uuid;

/// An account as it shall be at the target.
#[derive(Clone, Debug)]
pub struct Account {
    /// The subscriber's id: what a target is asked for when it is unknown whether an attempt succeeded.
    pub external_id: Uuid,
    /// The same for every attempt that belongs to one order.
    pub idempotency_key: Uuid,
    /// The BroadWorks user id.
    pub user_id: String,
    /// The service provider's id of the customer.
    pub sp_enterprise_id: String,
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

/// A system in which accounts are created.
///
/// Every method is safe to repeat: an attempt whose outcome is unknown is made again with the same key, and creating an
/// account that is there answers that account.
#[async_trait]
pub trait Target: Send + Sync {
    /// Creates the account, or finds that an earlier attempt did. Answers the account's id at the target.
    async fn create(&self, account: &Account) -> Result<String, Refusal>;
    /// Brings the account's data and package up to date.
    async fn update(&self, account: &Account) -> Result<(), Refusal>;
    /// Removes the account, or finds that there is none.
    async fn remove(&self, external_id: Uuid) -> Result<(), Refusal>;
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
