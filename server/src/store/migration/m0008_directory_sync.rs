//! Directory sync: how it stands, and what it knows.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Creates the tables and the index.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_directory_sync"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let syncs = Table::create()
            .table(directory_sync::Entity)
            .col(uuid(directory_sync::Column::CustomerId))
            .col(text(directory_sync::Column::Status))
            .col(big_integer(directory_sync::Column::DueAt))
            .col(big_integer(directory_sync::Column::LeaseUntil))
            .col(uuid(directory_sync::Column::Claim))
            .col(big_integer(directory_sync::Column::Run))
            .col(big_integer(directory_sync::Column::Position))
            .col(integer(directory_sync::Column::Attempts))
            .col(big_integer(directory_sync::Column::Added))
            .col(big_integer(directory_sync::Column::Updated))
            .col(big_integer(directory_sync::Column::Deleted))
            .col(big_integer(directory_sync::Column::Total))
            .col(integer_null(directory_sync::Column::Fault))
            .col(big_integer_null(directory_sync::Column::StartedAt))
            .col(big_integer_null(directory_sync::Column::EndedAt))
            .col(big_integer_null(directory_sync::Column::SucceededAt))
            .col(text_null(directory_sync::Column::TrackingId))
            .primary_key(Index::create().col(directory_sync::Column::CustomerId))
            .to_owned();
        manager.create_table(syncs).await?;
        let users = Table::create()
            .table(external_user::Entity)
            .col(uuid(external_user::Column::CustomerId))
            .col(text(external_user::Column::UserIdKey))
            .col(text(external_user::Column::UserId))
            .col(text(external_user::Column::FirstName))
            .col(text(external_user::Column::LastName))
            .col(text_null(external_user::Column::Phone))
            .col(text_null(external_user::Column::Extension))
            .col(text_null(external_user::Column::MobilePhone))
            .col(big_integer(external_user::Column::Run))
            .primary_key(Index::create().col(external_user::Column::CustomerId).col(external_user::Column::UserIdKey))
            .to_owned();
        manager.create_table(users).await?;
        let by_due = Index::create()
            .name("directory_sync_by_due_at")
            .table(directory_sync::Entity)
            .col(directory_sync::Column::DueAt)
            .to_owned();
        manager.create_index(by_due).await
    }
}
