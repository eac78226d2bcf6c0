//! The audit log.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0025_audit"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let table = Table::create()
            .table("audit_event")
            .col(uuid("id"))
            .col(uuid("partner_id"))
            .col(big_integer("at"))
            .col(text("actor"))
            .col(text("category"))
            .col(text("deed"))
            .col(uuid_null("subject_id"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(table).await?;
        let index = |name: &'static str| Index::create().name(name).table("audit_event").col("partner_id").to_owned();
        for index in [
            index("audit_event_by_partner_id_and_id").col("id").to_owned(),
            index("audit_event_by_partner_id_and_actor_and_id").col("actor").col("id").to_owned(),
            index("audit_event_by_partner_id_and_category_and_id").col("category").col("id").to_owned(),
        ] {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
