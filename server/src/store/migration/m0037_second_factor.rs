//! The second factors of administrators, and sign-ins that wait for a code.

use sea_orm_migration::{prelude::*, schema::*};

/// Creates the tables. The previous version does not know them: where it serves, the password alone signs in.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0037_second_factor"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let factor = Table::create()
            .table("second_factor")
            .col(uuid("administrator_id"))
            .col(text("secret"))
            .col(big_integer("created_at"))
            .col(big_integer_null("confirmed_at"))
            .col(big_integer("used_until"))
            .primary_key(Index::create().col("administrator_id"))
            .to_owned();
        manager.create_table(factor).await?;
        let recovery = Table::create()
            .table("recovery_code")
            .col(uuid("administrator_id"))
            .col(text("code_hash"))
            .primary_key(Index::create().col("administrator_id").col("code_hash"))
            .to_owned();
        manager.create_table(recovery).await?;
        let sign_in = Table::create()
            .table("hub_sign_in")
            .col(text("token_hash"))
            .col(uuid("administrator_id"))
            .col(text("password"))
            .col(big_integer("created_at"))
            .primary_key(Index::create().col("token_hash"))
            .to_owned();
        manager.create_table(sign_in).await?;
        let mut by = Index::create();
        let by = by.name("hub_sign_in_by_administrator_id").table("hub_sign_in").col("administrator_id");
        manager.create_index(by.to_owned()).await
    }
}
