//! Bulk jobs and their rows.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

/// Creates the tables and indexes.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0005_bulk"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = Table::create()
            .table(bulk_job::Entity)
            .col(uuid(bulk_job::Column::Id))
            .col(uuid(bulk_job::Column::PartnerId))
            .col(uuid(bulk_job::Column::TokenId))
            .col(text(bulk_job::Column::Action))
            .col(integer(bulk_job::Column::Size))
            .col(big_integer(bulk_job::Column::LeaseUntil))
            .col(big_integer(bulk_job::Column::CreatedAt))
            .col(big_integer_null(bulk_job::Column::FinishedAt))
            .primary_key(Index::create().col(bulk_job::Column::Id))
            .to_owned();
        manager.create_table(jobs).await?;
        let rows = Table::create()
            .table(bulk_row::Entity)
            .col(uuid(bulk_row::Column::JobId))
            .col(integer(bulk_row::Column::Number))
            .col(text_null(bulk_row::Column::Written))
            .col(uuid_null(bulk_row::Column::SubscriberId))
            .col(text_null(bulk_row::Column::Outcome))
            .col(text_null(bulk_row::Column::Errors))
            .primary_key(Index::create().col(bulk_row::Column::JobId).col(bulk_row::Column::Number))
            .to_owned();
        manager.create_table(rows).await?;
        let by_turn = Index::create()
            .name("bulk_job_by_finished_at_and_lease_until")
            .table(bulk_job::Entity)
            .col(bulk_job::Column::FinishedAt)
            .col(bulk_job::Column::LeaseUntil)
            .to_owned();
        manager.create_index(by_turn).await?;
        let by_outcome = Index::create()
            .name("bulk_row_by_job_id_and_outcome_and_number")
            .table(bulk_row::Entity)
            .col(bulk_row::Column::JobId)
            .col(bulk_row::Column::Outcome)
            .col(bulk_row::Column::Number)
            .to_owned();
        manager.create_index(by_outcome).await
    }
}
