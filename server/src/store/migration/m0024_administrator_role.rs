//! What each administrator may do, for which customers, and since when somebody has not been here; and invitations.
//!
//! Whoever was there before this could do everything: that stays so, and so does whoever the version before adds.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the columns and the tables.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0024_administrator_role"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let add = |table: &'static str, column: ColumnDef| Table::alter().table(table).add_column(column).to_owned();
        for column in [
            add("administrator", text("role").default("full_administrator").to_owned()),
            add("administrator", boolean("assigned_only").default(false).to_owned()),
            add("administrator", big_integer_null("signed_in_at")),
            add("hub_session", text_null("network")),
        ] {
            manager.alter_table(column).await?;
        }
        let assignment = Table::create()
            .table("assignment")
            .col(uuid("administrator_id"))
            .col(uuid("customer_id"))
            .primary_key(Index::create().col("administrator_id").col("customer_id"))
            .to_owned();
        manager.create_table(assignment).await?;
        let invitation = Table::create()
            .table("invitation")
            .col(text("token_hash"))
            .col(uuid("administrator_id"))
            .col(big_integer("expires_at"))
            .primary_key(Index::create().col("token_hash"))
            .to_owned();
        manager.create_table(invitation).await
    }
}
