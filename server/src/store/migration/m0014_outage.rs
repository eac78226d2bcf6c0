//! Since when a task's attempts have ended the way they do, and why a mail was refused.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the columns. The previous version leaves them at their defaults, which mean that nothing is known.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0014_outage"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["refused_since", "accepted_since"] {
            let added = Table::alter().table("task").add_column(big_integer(column).default(0)).to_owned();
            manager.alter_table(added).await?;
        }
        let why = Table::alter().table("subscriber").add_column(integer_null("mail_fault")).to_owned();
        manager.alter_table(why).await
    }
}
