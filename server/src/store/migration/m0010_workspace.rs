//! Workspaces, and the embedded directory's places.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Creates the tables and indexes.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_workspace"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let workspaces = Table::create()
            .table(workspace::Entity)
            .col(uuid(workspace::Column::Id))
            .col(uuid(workspace::Column::PartnerId))
            .col(uuid(workspace::Column::CustomerId))
            .col(uuid(workspace::Column::TemplateId))
            .col(text(workspace::Column::UserId))
            .col(text(workspace::Column::UserIdKey))
            .col(text(workspace::Column::DisplayName))
            .col(text_null(workspace::Column::PrimaryPhone))
            .col(text_null(workspace::Column::Extension))
            .col(text(workspace::Column::Status))
            .col(text_null(workspace::Column::Attempt))
            .col(integer_null(workspace::Column::Fault))
            .col(text(workspace::Column::AtTarget))
            .col(text_null(workspace::Column::FaultDetail))
            .col(integer_null(workspace::Column::Hitch))
            .col(text_null(workspace::Column::PlaceId))
            .col(big_integer(workspace::Column::CreatedAt))
            .col(big_integer(workspace::Column::StatusChangedAt))
            .primary_key(Index::create().col(workspace::Column::Id))
            .to_owned();
        manager.create_table(workspaces).await?;
        let places = Table::create()
            .table(directory_place::Entity)
            .col(uuid(directory_place::Column::Id))
            .col(uuid(directory_place::Column::ExternalId).unique_key())
            .col(text(directory_place::Column::UserId))
            .col(text(directory_place::Column::DisplayName))
            .col(text_null(directory_place::Column::PrimaryPhone))
            .col(text_null(directory_place::Column::Extension))
            .col(big_integer(directory_place::Column::CreatedAt))
            .primary_key(Index::create().col(directory_place::Column::Id))
            .to_owned();
        manager.create_table(places).await?;
        let by_user = Index::create()
            .name("workspace_by_partner_id_and_user_id_key")
            .table(workspace::Entity)
            .col(workspace::Column::PartnerId)
            .col(workspace::Column::UserIdKey)
            .unique()
            .to_owned();
        manager.create_index(by_user).await?;
        let by_partner = Index::create()
            .name("workspace_by_partner_id_and_id")
            .table(workspace::Entity)
            .col(workspace::Column::PartnerId)
            .col(workspace::Column::Id)
            .to_owned();
        manager.create_index(by_partner).await
    }
}
