//! The passkeys of those who sign in to the hub, and what browsers are asked to do with one.
//!
//! The version before knows neither: where it serves there is no button, and a session that a passkey has begun owes the second
//! factor that the partner asks for, until this version serves it again.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the tables and the column.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0067_passkey"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let passkey = Table::create()
            .table("passkey")
            .col(uuid("id"))
            .col(uuid("administrator_id"))
            .col(text("credential_id"))
            .col(text("public_key"))
            .col(text("state"))
            .col(text("name"))
            .col(big_integer("created_at"))
            .col(big_integer_null("used_at"))
            .primary_key(Index::create().col("id"))
            .to_owned();
        manager.create_table(passkey).await?;
        let credential =
            Index::create().name("passkey_by_credential_id").table("passkey").col("credential_id").unique().to_owned();
        manager.create_index(credential).await?;
        let owner =
            Index::create().name("passkey_by_administrator_id").table("passkey").col("administrator_id").to_owned();
        manager.create_index(owner).await?;
        let ceremony = Table::create()
            .table("passkey_ceremony")
            .col(text("token_hash"))
            .col(text_null("session_hash"))
            .col(boolean("adds"))
            .col(text("state"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("token_hash"))
            .to_owned();
        manager.create_table(ceremony).await?;
        let by_passkey = boolean("by_passkey").default(false).take();
        manager.alter_table(Table::alter().table("hub_session").add_column(by_passkey).to_owned()).await
    }
}
