//! Webhooks, of what they tell, and their deliveries.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

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
            .table(webhook::Entity)
            .col(uuid(webhook::Column::Id))
            .col(uuid(webhook::Column::PartnerId))
            .col(text(webhook::Column::Url))
            .col(text(webhook::Column::Secret))
            .col(integer(webhook::Column::Failures))
            .col(big_integer(webhook::Column::RunAt))
            .col(big_integer(webhook::Column::LeaseUntil))
            .col(big_integer(webhook::Column::CreatedAt))
            .primary_key(Index::create().col(webhook::Column::Id))
            .to_owned();
        manager.create_table(webhooks).await?;
        let events = Table::create()
            .table(webhook_event::Entity)
            .col(uuid(webhook_event::Column::PartnerId))
            .col(text(webhook_event::Column::Event))
            .col(uuid(webhook_event::Column::WebhookId))
            .primary_key(
                Index::create()
                    .col(webhook_event::Column::PartnerId)
                    .col(webhook_event::Column::Event)
                    .col(webhook_event::Column::WebhookId),
            )
            .to_owned();
        manager.create_table(events).await?;
        let deliveries = Table::create()
            .table(webhook_delivery::Entity)
            .col(uuid(webhook_delivery::Column::WebhookId))
            .col(uuid(webhook_delivery::Column::StepId))
            .col(text(webhook_delivery::Column::Event))
            .col(uuid(webhook_delivery::Column::SubscriberId))
            .col(text(webhook_delivery::Column::UserId))
            .col(integer(webhook_delivery::Column::Attempts))
            .col(text_null(webhook_delivery::Column::Outcome))
            .col(integer_null(webhook_delivery::Column::Response))
            .col(text_null(webhook_delivery::Column::Problem))
            .col(big_integer(webhook_delivery::Column::CreatedAt))
            .col(big_integer_null(webhook_delivery::Column::TriedAt))
            .primary_key(Index::create().col(webhook_delivery::Column::WebhookId).col(webhook_delivery::Column::StepId))
            .to_owned();
        manager.create_table(deliveries).await?;
        let pending = Index::create()
            .name("webhook_delivery_by_webhook_id_and_outcome_and_step_id")
            .table(webhook_delivery::Entity)
            .col(webhook_delivery::Column::WebhookId)
            .col(webhook_delivery::Column::Outcome)
            .col(webhook_delivery::Column::StepId)
            .to_owned();
        manager.create_index(pending).await?;
        let by_partner = Index::create()
            .name("webhook_by_partner_id_and_id")
            .table(webhook::Entity)
            .col(webhook::Column::PartnerId)
            .col(webhook::Column::Id)
            .to_owned();
        manager.create_index(by_partner).await
    }
}
