//! Since when an administrator must not sign in.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0016_administrator_disabled"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let disabled_at = big_integer_null("disabled_at");
        manager.alter_table(Table::alter().table("administrator").add_column(disabled_at).to_owned()).await
    }
}
