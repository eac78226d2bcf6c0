//! A few words of the customer's administrator, which stand in the mail that asks to prove an address.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column. The previous version leaves it empty, and sends a mail that it finds with words without them.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0043_proof_note"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("proof").add_column(text_null("note")).to_owned()).await
    }
}
