//! What the world outside does to us: an address at which BroadWorks cannot be asked, a webhook that is not wanted any
//! more, columns of a file that nobody knows, and a field of the vendor's API that its specification forgets.

use sea_orm_migration::{prelude::*, schema::*};

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
            .table("broadworks_outage")
            .col(text("address"))
            .col(text("reason"))
            .col(big_integer("since"))
            .primary_key(Index::create().col("address"))
            .to_owned();
        manager.create_table(outages).await?;
        let add = |table: &'static str, column: ColumnDef| Table::alter().table(table).add_column(column).to_owned();
        for column in [
            add("webhook", big_integer_null("failing_since")),
            add("webhook", big_integer_null("disabled_at")),
            add("webhook", text_null("disabled_reason")),
            add("bulk_job", text_null("ignored_columns")),
            add("subscriber", text_null("sp_enterprise_group_id")),
        ] {
            manager.alter_table(column).await?;
        }
        Ok(())
    }
}
