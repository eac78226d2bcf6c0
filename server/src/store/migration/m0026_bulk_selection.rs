//! Bulk jobs of the hub: who asked for them, whom they select, and how many rows have which outcome.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the columns.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0026_bulk_selection"
    }
}

const COUNT: &str = "UPDATE bulk_job SET \
    accepted = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'accepted'), \
    unchanged = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'unchanged'), \
    refused = (SELECT COUNT(*) FROM bulk_row WHERE job_id = bulk_job.id AND outcome = 'refused')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            text_null("actor"),
            text_null("selection"),
            integer("accepted").default(0).to_owned(),
            integer("unchanged").default(0).to_owned(),
            integer("refused").default(0).to_owned(),
            big_integer_null("cancelled_at"),
        ];
        for column in columns {
            manager.alter_table(Table::alter().table("bulk_job").add_column(column).to_owned()).await?;
        }
        manager.get_connection().execute_unprepared(COUNT).await.map(drop)
    }
}
