//! Where servers show that the database can be written.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0013_pulse"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(pulse::Entity)
            .col(uuid(pulse::Column::Id))
            .col(big_integer(pulse::Column::At))
            .col(text(pulse::Column::Ballast))
            .primary_key(Index::create().col(pulse::Column::Id))
            .to_owned();
        manager.create_table(table).await
    }
}
