//! How the users of each partner and customer stood, day by day.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0031_daily_count"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("daily_count")
            .col(uuid("owner_id"))
            .col(big_integer("day"))
            .col(big_integer("provisioned"))
            .col(big_integer("pending"))
            .col(big_integer("error"))
            .col(big_integer("activated"))
            .primary_key(Index::create().col("owner_id").col("day"))
            .to_owned();
        manager.create_table(table).await
    }
}
