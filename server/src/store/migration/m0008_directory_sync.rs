//! Directory sync: how it stands, and what it knows.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the tables and the index.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0008_directory_sync"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let syncs = Table::create()
            .table("directory_sync")
            .col(uuid("customer_id"))
            .col(text("status"))
            .col(big_integer("due_at"))
            .col(big_integer("lease_until"))
            .col(uuid("claim"))
            .col(big_integer("run"))
            .col(big_integer("position"))
            .col(integer("attempts"))
            .col(big_integer("added"))
            .col(big_integer("updated"))
            .col(big_integer("deleted"))
            .col(big_integer("total"))
            .col(integer_null("fault"))
            .col(big_integer_null("started_at"))
            .col(big_integer_null("ended_at"))
            .col(big_integer_null("succeeded_at"))
            .col(text_null("tracking_id"))
            .primary_key(Index::create().col("customer_id"))
            .to_owned();
        manager.create_table(syncs).await?;
        let users = Table::create()
            .table("external_user")
            .col(uuid("customer_id"))
            .col(text("user_id_key"))
            .col(text("user_id"))
            .col(text("first_name"))
            .col(text("last_name"))
            .col(text_null("phone"))
            .col(text_null("extension"))
            .col(text_null("mobile_phone"))
            .col(big_integer("run"))
            .primary_key(Index::create().col("customer_id").col("user_id_key"))
            .to_owned();
        manager.create_table(users).await?;
        let by_due = Index::create().name("directory_sync_by_due_at").table("directory_sync").col("due_at").to_owned();
        manager.create_index(by_due).await
    }
}
