//! Deletions that wait for approval: from how many on, how many there were, and which jobs of them wait.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the columns and the table. The previous version leaves them empty: with it no deletion waits.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0040_staged_deletion"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let threshold = integer_null("deletion_threshold");
        manager.alter_table(Table::alter().table("partner").add_column(threshold).to_owned()).await?;
        let staged = big_integer_null("staged_at");
        manager.alter_table(Table::alter().table("bulk_job").add_column(staged).to_owned()).await?;
        let table = Table::create()
            .table("deletion_count")
            .col(uuid("partner_id"))
            .col(big_integer("minute"))
            .col(big_integer("deletions"))
            .primary_key(Index::create().col("partner_id").col("minute"))
            .to_owned();
        manager.create_table(table).await
    }
}
