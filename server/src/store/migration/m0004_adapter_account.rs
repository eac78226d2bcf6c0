//! The accounts of flow-through adapters.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0004_adapter_account"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(adapter_account::Entity)
            .col(uuid(adapter_account::Column::TemplateId))
            .col(text(adapter_account::Column::UserName))
            .col(text(adapter_account::Column::SecretHash))
            .col(big_integer(adapter_account::Column::CreatedAt))
            .primary_key(Index::create().col(adapter_account::Column::TemplateId))
            .to_owned();
        manager.create_table(table).await
    }
}
