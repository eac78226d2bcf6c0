//! Forgets copies of directories on a server with several partners: they were read with one account for all, so that a
//! partner's may hold another one's users. They are read anew with the partner's own account.

use sea_orm::{ConnectionTrait as _, EntityTrait as _, sea_query::Expr};
use sea_orm_migration::prelude::*;

use crate::store::entity::*;

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
        let partners = Query::select().column(partner::Column::Id).from(partner::Entity).limit(2).to_owned();
        if database.query_all(&partners).await?.len() < 2 {
            return Ok(());
        }
        external_user::Entity::delete_many().exec(database).await?;
        directory_sync::Entity::update_many()
            .col_expr(directory_sync::Column::Status, Expr::value("NOT_SYNCED"))
            .col_expr(directory_sync::Column::DueAt, Expr::value(0_i64))
            .col_expr(directory_sync::Column::Total, Expr::value(0_i64))
            .exec(database)
            .await?;
        Ok(())
    }
}
