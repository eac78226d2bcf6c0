//! When each server last showed that the database can be written.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// When a server last showed that the database can be written.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "pulse")]
pub struct Model {
    /// Which server.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Epoch milliseconds.
    pub at: i64,
    /// So that it takes as much room as other changes do.
    #[sea_orm(column_type = "Text")]
    pub ballast: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
