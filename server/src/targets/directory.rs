//! The embedded default: accounts live in our own database, one address to one account across all partners.
//!
//! To the engine it is an outside system like any other: it has a transaction of its own, and an attempt may succeed
//! here although the engine never hears of it.

use async_trait::async_trait;
use domain::Fault;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{Account, Identity, Progress, Refusal, Target, Workspace};
use crate::{
    environment::Environment,
    store::{
        Store,
        entity::{directory_account, directory_place},
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

    async fn account(&self, external_id: Uuid) -> Result<Option<directory_account::Model>, Refusal> {
        directory_account::Entity::find()
            .filter(directory_account::Column::ExternalId.eq(external_id))
            .one(self.store.read())
            .await
            .map_err(refusal)
    }

    async fn place(&self, external_id: Uuid) -> Result<Option<directory_place::Model>, Refusal> {
        directory_place::Entity::find()
            .filter(directory_place::Column::ExternalId.eq(external_id))
            .one(self.store.read())
            .await
            .map_err(unavailable)
    }
}

/// Of a workspace nothing is unique but what it is: every failure passes.
fn unavailable(_: DbErr) -> Refusal {
    Fault::TargetUnavailable.into()
}

/// A taken address is the user's to mend; everything else passes.
fn refusal(error: DbErr) -> Refusal {
    if is_taken(&error) { Fault::AddressInUse.into() } else { Fault::TargetUnavailable.into() }
}

fn done(id: Uuid) -> Progress {
    Progress::Done(Some(id.to_string()))
}

#[async_trait]
impl Target for Directory {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        Ok(self.account(identity.external_id).await?.map(|account| done(account.id)))
    }

    async fn create(&self, account: &Account) -> Result<Progress, Refusal> {
        let external_id = account.identity.external_id;
        if self.account(external_id).await?.is_some() {
            return self.update(account).await;
        }
        let id = self.environment.id();
        let work = self.store.work().await.map_err(refusal)?;
        let inserted = directory_account::ActiveModel {
            id: Set(id),
            external_id: Set(external_id),
            email: Set(account.email.as_str().to_owned()),
            email_key: Set(account.email.key()),
            package: Set(account.package.as_str().to_owned()),
            first_name: Set(account.first_name.clone()),
            last_name: Set(account.last_name.clone()),
            administrator: Set(account.administrator),
            created_at: Set(self.environment.now().0),
        }
        .insert(&*work)
        .await;
        match inserted {
            Ok(_) => {
                work.commit().await.map_err(refusal)?;
                Ok(done(id))
            }
            Err(error) => {
                work.abandon().await.map_err(refusal)?;
                // Another attempt for the same account may have been faster.
                let existing = self.account(external_id).await?.ok_or_else(|| refusal(error))?;
                Ok(done(existing.id))
            }
        }
    }

    async fn update(&self, account: &Account) -> Result<Progress, Refusal> {
        let Some(existing) = self.account(account.identity.external_id).await? else {
            return self.create(account).await;
        };
        let id = existing.id;
        let work = self.store.work().await.map_err(refusal)?;
        let mut row: directory_account::ActiveModel = existing.into();
        row.email = Set(account.email.as_str().to_owned());
        row.email_key = Set(account.email.key());
        row.package = Set(account.package.as_str().to_owned());
        row.first_name = Set(account.first_name.clone());
        row.last_name = Set(account.last_name.clone());
        row.update(&*work).await.map_err(refusal)?;
        work.commit().await.map_err(refusal)?;
        Ok(done(id))
    }

    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal> {
        let work = self.store.work().await.map_err(refusal)?;
        directory_account::Entity::delete_many()
            .filter(directory_account::Column::ExternalId.eq(identity.external_id))
            .exec(&*work)
            .await
            .map_err(refusal)?;
        work.commit().await.map_err(refusal)?;
        Ok(Progress::Done(None))
    }

    async fn find_workspace(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        Ok(self.place(identity.external_id).await?.map(|place| done(place.id)))
    }

    async fn create_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.update_workspace(workspace).await
    }

    async fn update_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let wanted = directory_place::ActiveModel {
            id: Set(self.environment.id()),
            external_id: Set(workspace.identity.external_id),
            user_id: Set(workspace.identity.user_id.clone()),
            display_name: Set(workspace.display_name.clone()),
            primary_phone: Set(workspace.primary_phone.clone()),
            extension: Set(workspace.extension.clone()),
            created_at: Set(self.environment.now().0),
        };
        let work = self.store.work().await.map_err(unavailable)?;
        let place = directory_place::Entity::insert(wanted)
            .on_conflict(
                OnConflict::column(directory_place::Column::ExternalId)
                    .update_columns([
                        directory_place::Column::UserId,
                        directory_place::Column::DisplayName,
                        directory_place::Column::PrimaryPhone,
                        directory_place::Column::Extension,
                    ])
                    .to_owned(),
            )
            .exec_with_returning(&*work)
            .await
            .map_err(unavailable)?;
        work.commit().await.map_err(unavailable)?;
        Ok(done(place.id))
    }

    async fn remove_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let work = self.store.work().await.map_err(unavailable)?;
        directory_place::Entity::delete_many()
            .filter(directory_place::Column::ExternalId.eq(workspace.identity.external_id))
            .exec(&*work)
            .await
            .map_err(unavailable)?;
        work.commit().await.map_err(unavailable)?;
        Ok(Progress::Done(None))
    }
}
