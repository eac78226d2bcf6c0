//! How often somebody tried.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// How often somebody tried.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "throttle")]
pub struct Model {
    /// SHA-256 of limit and subject, hexadecimal: the table names nobody.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Within the window.
    pub tries: i64,
    /// When the window ends, epoch milliseconds.
    pub ends_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
