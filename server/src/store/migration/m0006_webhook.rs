//! Webhooks, of what they tell, and their deliveries.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the tables and indexes.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0006_webhook"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let webhooks = Table::create()
            .table("webhook")
            .col(uuid("id"))
            .col(uuid("partner_id"))
            .col(text("url"))
            .col(text("secret"))
            .col(integer("failures"))
            .col(big_integer("run_at"))
            .col(big_integer("lease_until"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(webhooks).await?;
        let events = Table::create()
            .table("webhook_event")
            .col(uuid("partner_id"))
            .col(text("event"))
            .col(uuid("webhook_id"))
            .primary_key(Index::create().col("partner_id").col("event").col("webhook_id"))
            .to_owned();
        manager.create_table(events).await?;
        let deliveries = Table::create()
            .table("webhook_delivery")
            .col(uuid("webhook_id"))
            .col(uuid("step_id"))
            .col(text("event"))
            .col(uuid("subscriber_id"))
            .col(text("user_id"))
            .col(integer("attempts"))
            .col(text_null("outcome"))
            .col(integer_null("response"))
            .col(text_null("problem"))
            .col(big_integer("created_at"))
            .col(big_integer_null("tried_at"))
            .primary_key(Index::create().col("webhook_id").col("step_id"))
            .to_owned();
        manager.create_table(deliveries).await?;
        let pending = Index::create()
            .name("webhook_delivery_by_webhook_id_and_outcome_and_step_id")
            .table("webhook_delivery")
            .col("webhook_id")
            .col("outcome")
            .col("step_id")
            .to_owned();
        manager.create_index(pending).await?;
        let by_partner = Index::create()
            .name("webhook_by_partner_id_and_id")
            .table("webhook")
            .col("partner_id")
            .col("id")
            .to_owned();
        manager.create_index(by_partner).await
    }
}
