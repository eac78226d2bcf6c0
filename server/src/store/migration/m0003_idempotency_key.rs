//! What calls with an `Idempotency-Key` were answered.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the table and its index.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_idempotency_key"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("idempotency_key")
            .col(text("key"))
            .col(text("request"))
            .col(uuid("claim"))
            .col(big_integer("claimed_until"))
            .col(integer_null("status"))
            .col(text_null("tracking_id"))
            .col(text_null("location"))
            .col(text_null("body"))
            .col(big_integer("expires_at"))
            .primary_key(Index::create().col("key"))
            .to_owned();
        manager.create_table(table).await?;
        let by_expiry =
            Index::create().name("idempotency_key_by_expires_at").table("idempotency_key").col("expires_at").to_owned();
        manager.create_index(by_expiry).await
    }
}
