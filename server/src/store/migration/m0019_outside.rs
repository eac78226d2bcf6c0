//! What the world outside does to us: an address at which BroadWorks cannot be asked, a webhook that is not wanted any
//! more, columns of a file that nobody knows, and a field of the vendor's API that its specification forgets.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Adds a table and columns.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0019_outside"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let outages = Table::create()
            .table(broadworks_outage::Entity)
            .col(text(broadworks_outage::Column::Address))
            .col(text(broadworks_outage::Column::Reason))
            .col(big_integer(broadworks_outage::Column::Since))
            .primary_key(Index::create().col(broadworks_outage::Column::Address))
            .to_owned();
        manager.create_table(outages).await?;
        let add = |table: TableRef, column: ColumnDef| Table::alter().table(table).add_column(column).to_owned();
        for column in [
            add(webhook::Entity.into_table_ref(), big_integer_null(webhook::Column::FailingSince)),
            add(webhook::Entity.into_table_ref(), big_integer_null(webhook::Column::DisabledAt)),
            add(webhook::Entity.into_table_ref(), text_null(webhook::Column::DisabledReason)),
            add(bulk_job::Entity.into_table_ref(), text_null(bulk_job::Column::IgnoredColumns)),
            add(subscriber::Entity.into_table_ref(), text_null(subscriber::Column::SpEnterpriseGroupId)),
        ] {
            manager.alter_table(column).await?;
        }
        Ok(())
    }
}
