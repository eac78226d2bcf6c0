//! What a mail server has reported of a mail after it took it.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column. The previous version leaves it empty, and takes a mail that came back for one that was refused.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0033_proof_report"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("proof").add_column(text_null("report")).to_owned()).await
    }
}
