//! What a bulk job was asked for, in words: of the job, of what the audit log says of it, and whom each row named, also when that
//! one is gone.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the columns.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0028_bulk_words"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("bulk_job", "list"), ("bulk_row", "user_id"), ("audit_event", "detail")] {
            manager.alter_table(Table::alter().table(table).add_column(text_null(column)).to_owned()).await?;
        }
        Ok(())
    }
}
