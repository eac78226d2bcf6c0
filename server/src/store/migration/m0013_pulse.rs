//! Where servers show that the database can be written.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_pulse"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("pulse")
            .col(uuid("id"))
            .col(big_integer("at"))
            .col(text("ballast"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(table).await
    }
}
