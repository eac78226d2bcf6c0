//! Share links and provisioning IDs of templates that were replaced.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the tables. The previous version takes none of what is in them.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0049_former_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tokens = Table::create()
            .table("former_share_token")
            .col(text("token"))
            .col(uuid("template_id"))
            .col(big_integer("replaced_at"))
            .primary_key(Index::create().col("token"))
            .to_owned();
        manager.create_table(tokens).await?;
        let ids = Table::create()
            .table("former_provisioning_id")
            .col(text("provisioning_id"))
            .col(uuid("template_id"))
            .col(big_integer("until"))
            .primary_key(Index::create().col("provisioning_id"))
            .to_owned();
        manager.create_table(ids).await
    }
}
