//! Forgets copies of directories on a server with several partners: they were read with one account for all, so that a
//! partner's may hold another one's users. They are read anew with the partner's own account.

use sea_orm::ConnectionTrait as _;
use sea_orm_migration::prelude::*;

/// Forgets them.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0017_directories_of_partners"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let database = manager.get_connection();
        let partners = Query::select().column("id").from("partner").limit(2).to_owned();
        if database.query_all(&partners).await?.len() < 2 {
            return Ok(());
        }
        manager.execute(Query::delete().from_table("external_user").to_owned()).await?;
        let anew = Query::update()
            .table("directory_sync")
            .values([
                ("status", Expr::value("NOT_SYNCED")),
                ("due_at", Expr::value(0_i64)),
                ("total", Expr::value(0_i64)),
            ])
            .to_owned();
        manager.execute(anew).await
    }
}
