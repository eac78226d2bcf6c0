//! In which line of its file a bulk job's row stands.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0011_bulk_row_line"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let line = Table::alter().table("bulk_row").add_column(integer_null("line")).to_owned();
        manager.alter_table(line).await
    }
}
