//! The embedded default: accounts live in our own database, one address to one account across all partners.
//!
//! To the engine it is an outside system like any other: it has a transaction of its own, and an attempt may succeed
//! here although the engine never hears of it.

use async_trait::async_trait;
use domain::Fault;
use uuid::Uuid;

use super::{Account, Holds, Identity, Progress, Refusal, Target, Workspace};
use crate::{
    environment::Environment,
    store::{
        DbErr, DirectoryAccount, DirectoryPlace, OwnerId, Store, directory_account, directory_place, interruption,
        is_taken,
    },
};

/// The name that templates use.
pub const NAME: &str = "directory";

/// The embedded directory.
pub struct Directory {
    store: Store,
    environment: Environment,
}

impl Directory {
    /// A directory in this database.
    #[must_use]
    pub const fn new(store: Store, environment: Environment) -> Self {
        Self { store, environment }
    }

    async fn account(&self, external_id: OwnerId) -> Result<Option<DirectoryAccount>, Refusal> {
        directory_account::find(self.store.read(), external_id).await.map_err(unavailable)
    }

    /// Brings an account that is there up to date.
    async fn save(&self, existing: DirectoryAccount, account: &Account) -> Result<Progress, Refusal> {
        let id = existing.id;
        let work = self.store.work().await.map_err(unavailable)?;
        let wanted = DirectoryAccount {
            email: account.email.as_str().to_owned(),
            email_key: account.email.key(),
            package: account.package.as_str().to_owned(),
            first_name: account.first_name.clone(),
            last_name: account.last_name.clone(),
            sp_enterprise_id: Some(account.identity.sp_enterprise_id.clone()),
            ..existing
        };
        if let Err(error) = directory_account::save(&work, wanted).await {
            work.abandon().await.map_err(unavailable)?;
            return Err(self.refused(account, error).await);
        }
        work.commit().await.map_err(unavailable)?;
        Ok(done(id))
    }

    /// Why an account was not written. Whose address is taken is told whether it is another company that has it.
    async fn refused(&self, wanted: &Account, error: DbErr) -> Refusal {
        if !is_taken(&error) {
            return unavailable(error);
        }
        match directory_account::at(self.store.read(), &wanted.email).await {
            Ok(Some(DirectoryAccount { sp_enterprise_id: Some(theirs), .. }))
                if theirs != wanted.identity.sp_enterprise_id =>
            {
                Fault::AddressElsewhere.into()
            }
            _ => Fault::AddressInUse.into(),
        }
    }

    async fn place(&self, external_id: OwnerId) -> Result<Option<DirectoryPlace>, Refusal> {
        directory_place::find(self.store.read(), external_id).await.map_err(unavailable)
    }
}

/// Every failure passes. A database that cannot be used is no failure of the directory's: the store has told the log, and
/// everything else needs it as well.
fn unavailable(error: DbErr) -> Refusal {
    if interruption(&error).is_some() { Fault::StoreUnavailable.into() } else { Fault::TargetUnavailable.into() }
}

fn done(id: Uuid) -> Progress {
    Progress::Done(Some(id.to_string()))
}

impl Target for Directory {}

#[async_trait]
impl Holds<Account> for Directory {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        Ok(self.account(identity.external_id).await?.map(|account| done(account.id)))
    }

    async fn create(&self, account: &Account) -> Result<Progress, Refusal> {
        let external_id = account.identity.external_id;
        let id = self.environment.id();
        let work = self.store.work().await.map_err(unavailable)?;
        let new = DirectoryAccount {
            id,
            external_id: external_id.into(),
            email: account.email.as_str().to_owned(),
            email_key: account.email.key(),
            package: account.package.as_str().to_owned(),
            first_name: account.first_name.clone(),
            last_name: account.last_name.clone(),
            administrator: account.administrator,
            sp_enterprise_id: Some(account.identity.sp_enterprise_id.clone()),
            created_at: self.environment.now().0,
        };
        match directory_account::insert(&work, new).await {
            Ok(()) => {
                work.commit().await.map_err(unavailable)?;
                Ok(done(id))
            }
            Err(error) => {
                work.abandon().await.map_err(unavailable)?;
                // Another attempt for the same account may have been before this one.
                match self.account(external_id).await? {
                    Some(existing) => self.save(existing, account).await,
                    None => Err(self.refused(account, error).await),
                }
            }
        }
    }

    async fn update(&self, account: &Account) -> Result<Progress, Refusal> {
        match self.account(account.identity.external_id).await? {
            Some(existing) => self.save(existing, account).await,
            None => self.create(account).await,
        }
    }

    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal> {
        let work = self.store.work().await.map_err(unavailable)?;
        directory_account::delete(&work, identity.external_id).await.map_err(unavailable)?;
        work.commit().await.map_err(unavailable)?;
        Ok(Progress::Done(None))
    }
}

#[async_trait]
impl Holds<Workspace> for Directory {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        Ok(self.place(identity.external_id).await?.map(|place| done(place.id)))
    }

    async fn create(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.update(workspace).await
    }

    async fn update(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let wanted = DirectoryPlace {
            id: self.environment.id(),
            external_id: workspace.identity.external_id.into(),
            user_id: workspace.identity.user_id.clone(),
            display_name: workspace.display_name.clone(),
            primary_phone: workspace.primary_phone.clone(),
            extension: workspace.extension.clone(),
            created_at: self.environment.now().0,
        };
        let work = self.store.work().await.map_err(unavailable)?;
        let place = directory_place::save(&work, wanted).await.map_err(unavailable)?;
        work.commit().await.map_err(unavailable)?;
        Ok(done(place.id))
    }

    async fn remove(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let work = self.store.work().await.map_err(unavailable)?;
        directory_place::delete(&work, workspace.identity.external_id).await.map_err(unavailable)?;
        work.commit().await.map_err(unavailable)?;
        Ok(Progress::Done(None))
    }
}
