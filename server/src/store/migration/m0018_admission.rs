//! Who may come back after having been deleted.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0018_admission"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(admission::Entity)
            .col(uuid(admission::Column::PartnerId))
            .col(text(admission::Column::UserIdKey))
            .col(uuid(admission::Column::TemplateId))
            .col(boolean(admission::Column::Open))
            .col(big_integer(admission::Column::CreatedAt))
            .primary_key(Index::create().col(admission::Column::PartnerId).col(admission::Column::UserIdKey))
            .to_owned();
        manager.create_table(table).await
    }
}
