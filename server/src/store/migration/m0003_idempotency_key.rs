//! What calls with an `Idempotency-Key` were answered.

use sea_orm_migration::{prelude::*, schema::*};

use crate::store::entity::*;

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
            .table(idempotency_key::Entity)
            .col(text(idempotency_key::Column::Key))
            .col(text(idempotency_key::Column::Request))
            .col(uuid(idempotency_key::Column::Claim))
            .col(big_integer(idempotency_key::Column::ClaimedUntil))
            .col(integer_null(idempotency_key::Column::Status))
            .col(text_null(idempotency_key::Column::TrackingId))
            .col(text_null(idempotency_key::Column::Location))
            .col(text_null(idempotency_key::Column::Body))
            .col(big_integer(idempotency_key::Column::ExpiresAt))
            .primary_key(Index::create().col(idempotency_key::Column::Key))
            .to_owned();
        manager.create_table(table).await?;
        let by_expiry = Index::create()
            .name("idempotency_key_by_expires_at")
            .table(idempotency_key::Entity)
            .col(idempotency_key::Column::ExpiresAt)
            .to_owned();
        manager.create_index(by_expiry).await
    }
}
