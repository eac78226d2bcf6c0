//! The indexes of `m0002_subscriber_filters` with the order of the list: without it, SQLite walks through all of a
//! partner's subscribers in that order instead.

use sea_orm_migration::prelude::*;

/// Replaces the indexes.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0007_subscriber_filters_in_order"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["subscriber_by_partner_id_and_person_id", "subscriber_by_partner_id_and_email"] {
            manager.drop_index(Index::drop().name(name).table("subscriber").to_owned()).await?;
        }
        let by_person = Index::create()
            .name("subscriber_by_partner_id_and_person_id_and_id")
            .table("subscriber")
            .col("partner_id")
            .col("person_id")
            .col("id")
            .to_owned();
        manager.create_index(by_person).await?;
        // sea-query 1.0 writes no index on an expression for SQLite; both databases understand this one.
        let by_email =
            "CREATE INDEX subscriber_by_partner_id_and_email_and_id ON subscriber (partner_id, lower(email), id)";
        manager.get_connection().execute_unprepared(by_email).await?;
        Ok(())
    }
}
