//! Whether whoever signs in for a partner has to have a second factor.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column. The previous version leaves it as it is, and asks nobody: where it serves, the password alone does.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0051_factor_required"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let since = big_integer_null("factor_required_at");
        manager.alter_table(Table::alter().table("partner").add_column(since).to_owned()).await
    }
}
