//! When a session of the portal was used last.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column. The previous version leaves it empty: its sessions have no limit without use until this version sees them.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0054_portal_session_seen"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let seen = big_integer_null("seen_at");
        manager.alter_table(Table::alter().table("portal_session").add_column(seen).to_owned()).await
    }
}
