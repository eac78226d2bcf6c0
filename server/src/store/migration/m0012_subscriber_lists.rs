//! Indexes for the lists of one customer's subscribers and of those with one status, in the order of the list: without
//! them, both databases walk through all of a partner's subscribers until a page is full.

use sea_orm_migration::prelude::*;

/// Creates the indexes.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0012_subscriber_lists"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, column) in [
            ("subscriber_by_partner_id_and_customer_id_and_id", "customer_id"),
            ("subscriber_by_partner_id_and_status_and_id", "status"),
        ] {
            let index =
                Index::create().name(name).table("subscriber").col("partner_id").col(column).col("id").to_owned();
            manager.create_index(index).await?;
        }
        Ok(())
    }
}
