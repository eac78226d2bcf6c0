//! Keys of the server's own, which all replicas share.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_server_key"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("server_key")
            .col(text("name"))
            .col(text("value"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("name"))
            .to_owned();
        manager.create_table(table).await
    }
}
