//! How many deletions were asked for of a partner's users, minute by minute.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::PartnerId;

/// How many deletions were asked for in a minute.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "deletion_count")]
pub struct Model {
    /// The partner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_id: PartnerId,
    /// The minute's beginning, epoch milliseconds.
    #[sea_orm(primary_key, auto_increment = false)]
    pub minute: i64,
    /// How many deletions were asked for.
    pub deletions: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
