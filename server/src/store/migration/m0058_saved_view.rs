//! Lists that administrators have saved, each under a name of its own.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0058_saved_view"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let views = Table::create()
            .table("saved_view")
            .col(uuid("administrator_id"))
            .col(text("name"))
            .col(text("address"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("administrator_id").col("name"))
            .to_owned();
        manager.create_table(views).await
    }
}
