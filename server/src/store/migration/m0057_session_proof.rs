//! When whoever is signed in to the hub has last proven who they are.

use sea_orm_migration::{prelude::*, schema::*};

/// Adds the column. The previous version leaves it empty: then the session's beginning counts, which was a proof.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0057_session_proof"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let proven_at = big_integer_null("proven_at");
        manager.alter_table(Table::alter().table("hub_session").add_column(proven_at).to_owned()).await
    }
}
