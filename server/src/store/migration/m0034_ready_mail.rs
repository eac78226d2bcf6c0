//! When the mail is due that says that the account is ready.

use sea_orm_migration::{prelude::*, schema::*};

use super::Index;

/// Finds those that are due.
pub const INDEX: Index = Index {
    migration: "m0034_subscriber_by_ready_mail",
    name: "subscriber_by_ready_mail_at",
    unique: false,
    on: "subscriber (ready_mail_at) WHERE ready_mail_at IS NOT NULL",
};

/// Adds the column. The previous version leaves it empty, and sends no such mail.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0034_ready_mail"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let added = big_integer_null("ready_mail_at");
        manager.alter_table(Table::alter().table("subscriber").add_column(added).to_owned()).await
    }
}
