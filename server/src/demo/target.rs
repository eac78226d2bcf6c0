//! A target with moods: the embedded directory, except that it sometimes fails, so that the demo can show how failures
//! are told and fixed.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use domain::Fault;

use crate::{
    ids::OwnerId,
    targets::{Account, Holds, Identity, Progress, Refusal, Target, Workspace, directory::Directory},
};

/// Attempts per task in the demo: nobody wants to watch eight of them.
pub const ATTEMPTS: u32 = 3;
/// Addresses of this domain: the target is down for the first round of attempts, then it is back.
pub const DOWN: &str = "@down.example";
/// Addresses of this domain: no licence is left.
pub const UNLICENSED: &str = "@nolicence.example";

/// The directory with moods.
pub struct Moody {
    directory: Directory,
    failures: Mutex<HashMap<OwnerId, u32>>,
}

impl Moody {
    /// Over this directory.
    #[must_use]
    pub fn new(directory: Directory) -> Self {
        Self { directory, failures: Mutex::default() }
    }

    fn mood(&self, account: &Account) -> Result<(), Refusal> {
        let address = account.email.as_str();
        if address.ends_with(UNLICENSED) {
            let detail = Some(format!("403 licence pool exhausted for package {}", account.package.as_str()));
            return Err(Refusal { detail, ..Fault::PackageUnavailable.into() });
        }
        if address.ends_with(DOWN) {
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            let failed = failures.entry(account.identity.external_id).or_default();
            if *failed < ATTEMPTS {
                *failed += 1;
                let detail = Some("503 Service Unavailable".to_owned());
                return Err(Refusal { detail, ..Fault::TargetUnavailable.into() });
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Holds<Account> for Moody {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        Holds::<Account>::find(&self.directory, identity).await
    }

    async fn create(&self, account: &Account) -> Result<Progress, Refusal> {
        self.mood(account)?;
        self.directory.create(account).await
    }

    async fn update(&self, account: &Account) -> Result<Progress, Refusal> {
        self.mood(account)?;
        self.directory.update(account).await
    }

    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal> {
        Holds::<Account>::remove(&self.directory, identity).await
    }
}

#[async_trait]
impl Holds<Workspace> for Moody {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        Holds::<Workspace>::find(&self.directory, identity).await
    }

    async fn create(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.directory.create(workspace).await
    }

    async fn update(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.directory.update(workspace).await
    }

    async fn remove(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        Holds::<Workspace>::remove(&self.directory, workspace).await
    }
}

impl Target for Moody {}
