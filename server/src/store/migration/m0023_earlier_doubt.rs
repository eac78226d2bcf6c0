//! Until when attempts before the last one may still have an effect at the target.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column. The previous version leaves it at its default, which means that nothing is in doubt.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0023_earlier_doubt"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = big_integer("earlier_doubt").default(0).to_owned();
        manager.alter_table(Table::alter().table("task").add_column(added).to_owned()).await
    }
}
