//! Indexes for the filters of the API's list of subscribers.

use sea_orm_migration::prelude::*;

/// Creates the indexes.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0002_subscriber_filters"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let by_person = Index::create()
            .name("subscriber_by_partner_id_and_person_id")
            .table("subscriber")
            .col("partner_id")
            .col("person_id")
            .to_owned();
        manager.create_index(by_person).await?;
        // sea-query 1.0 writes no index on an expression for SQLite; both databases understand this one.
        let by_email = "CREATE INDEX subscriber_by_partner_id_and_email ON subscriber (partner_id, lower(email))";
        manager.get_connection().execute_unprepared(by_email).await?;
        Ok(())
    }
}
