//! Since when an administrator must not sign in.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

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
        let disabled_at = big_integer_null(administrator::Column::DisabledAt);
        manager.alter_table(Table::alter().table(administrator::Entity).add_column(disabled_at).to_owned()).await
    }
}
