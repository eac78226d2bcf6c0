//! Words by which a partner sorts its customers: with the customer to be shown, and on their own to be looked for.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column and the table. The previous version leaves both alone.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0066_customer_tag"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tags = text("tags").default("").take();
        manager.alter_table(Table::alter().table("customer").add_column(tags).to_owned()).await?;
        let table = Table::create()
            .table("customer_tag")
            .col(uuid("customer_id"))
            .col(text("tag"))
            .col(uuid("partner_id"))
            .primary_key(Index::create().col("customer_id").col("tag"))
            .to_owned();
        manager.create_table(table).await?;
        let by_tag = Index::create()
            .name("customer_tag_by_partner_id_and_tag_and_customer_id")
            .table("customer_tag")
            .col("partner_id")
            .col("tag")
            .col("customer_id")
            .to_owned();
        manager.create_index(by_tag).await
    }
}
