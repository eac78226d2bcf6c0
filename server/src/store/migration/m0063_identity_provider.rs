//! Who signs in to the hub by an identity provider, and such sign-ins that are under way.
//!
//! The version before knows neither: where it serves there is no button, and whoever signs in by a provider has no password.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the columns and the table.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0063_identity_provider"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["issuer", "subject"] {
            manager.alter_table(Table::alter().table("administrator").add_column(text_null(column)).to_owned()).await?;
        }
        let sign_in = Table::create()
            .table("oidc_sign_in")
            .col(text("token_hash"))
            .col(text("provider"))
            .col(text_null("session_hash"))
            .col(text("next"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("token_hash"))
            .to_owned();
        manager.create_table(sign_in).await
    }
}
