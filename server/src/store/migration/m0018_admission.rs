//! Who may come back after having been deleted.

use sea_orm_migration::{prelude::*, schema::*};

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
            .table("admission")
            .col(uuid("partner_id"))
            .col(text("user_id_key"))
            .col(uuid("template_id"))
            .col(boolean("open"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("partner_id").col("user_id_key"))
            .to_owned();
        manager.create_table(table).await
    }
}
