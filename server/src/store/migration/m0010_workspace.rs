//! Workspaces, and the embedded directory's places.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the tables and indexes.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0010_workspace"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let workspaces = Table::create()
            .table("workspace")
            .col(uuid("id"))
            .col(uuid("partner_id"))
            .col(uuid("customer_id"))
            .col(uuid("template_id"))
            .col(text("user_id"))
            .col(text("user_id_key"))
            .col(text("display_name"))
            .col(text_null("primary_phone"))
            .col(text_null("extension"))
            .col(text("status"))
            .col(text_null("attempt"))
            .col(integer_null("fault"))
            .col(text("at_target"))
            .col(text_null("fault_detail"))
            .col(integer_null("hitch"))
            .col(text_null("place_id"))
            .col(big_integer("created_at"))
            .col(big_integer("status_changed_at"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(workspaces).await?;
        let places = Table::create()
            .table("directory_place")
            .col(uuid("id"))
            .col(uuid("external_id").unique_key())
            .col(text("user_id"))
            .col(text("display_name"))
            .col(text_null("primary_phone"))
            .col(text_null("extension"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(places).await?;
        let by_user = Index::create()
            .name("workspace_by_partner_id_and_user_id_key")
            .table("workspace")
            .col("partner_id")
            .col("user_id_key")
            .unique()
            .to_owned();
        manager.create_index(by_user).await?;
        let by_partner = Index::create()
            .name("workspace_by_partner_id_and_id")
            .table("workspace")
            .col("partner_id")
            .col("id")
            .to_owned();
        manager.create_index(by_partner).await
    }
}
