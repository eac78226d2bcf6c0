//! The accounts of flow-through adapters.

use sea_orm_migration::{prelude::*, schema::*};

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
            .table("adapter_account")
            .col(uuid("template_id"))
            .col(text("user_name"))
            .col(text("secret_hash"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("template_id"))
            .to_owned();
        manager.create_table(table).await
    }
}
