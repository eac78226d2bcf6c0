//! Bulk jobs and their rows.

use sea_orm_migration::{prelude::*, schema::*};

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
            .table("bulk_job")
            .col(uuid("id"))
            .col(uuid("partner_id"))
            .col(uuid("token_id"))
            .col(text("action"))
            .col(integer("size"))
            .col(big_integer("lease_until"))
            .col(big_integer("created_at"))
            .col(big_integer_null("finished_at"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(jobs).await?;
        let rows = Table::create()
            .table("bulk_row")
            .col(uuid("job_id"))
            .col(integer("number"))
            .col(text_null("written"))
            .col(uuid_null("subscriber_id"))
            .col(text_null("outcome"))
            .col(text_null("errors"))
            .primary_key(Index::create().col("job_id").col("number"))
            .to_owned();
        manager.create_table(rows).await?;
        let by_turn = Index::create()
            .name("bulk_job_by_finished_at_and_lease_until")
            .table("bulk_job")
            .col("finished_at")
            .col("lease_until")
            .to_owned();
        manager.create_index(by_turn).await?;
        let by_outcome = Index::create()
            .name("bulk_row_by_job_id_and_outcome_and_number")
            .table("bulk_row")
            .col("job_id")
            .col("outcome")
            .col("number")
            .to_owned();
        manager.create_index(by_outcome).await
    }
}
