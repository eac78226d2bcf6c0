//! What a template's mails say beside the partner's name, and reminders to prove an address.

use sea_orm_migration::{prelude::*, schema::*};

use super::Index;

/// Finds those that are due.
pub const INDEX: Index = Index {
    migration: "m0036_proof_by_reminder",
    name: "proof_by_remind_at",
    unique: false,
    on: "proof (remind_at) WHERE remind_at IS NOT NULL",
};

/// Adds the columns. The previous version leaves them as they are, and reminds nobody.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0035_reminders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("template", text_null("reply_to")),
            ("template", text_null("signature")),
            ("template", integer("reminders").default(0).to_owned()),
            ("template", integer("reminder_days").default(3).to_owned()),
            ("proof", integer("reminder").default(0).to_owned()),
            ("proof", big_integer_null("remind_at")),
            ("subscriber", big_integer_null("reminders_stopped_at")),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
