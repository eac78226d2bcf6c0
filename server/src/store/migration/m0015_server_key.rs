//! Keys of the server's own, which all replicas share.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0015_server_key"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table(server_key::Entity)
            .col(text(server_key::Column::Name))
            .col(text(server_key::Column::Value))
            .col(big_integer(server_key::Column::CreatedAt))
            .primary_key(Index::create().col(server_key::Column::Name))
            .to_owned();
        manager.create_table(table).await
    }
}
