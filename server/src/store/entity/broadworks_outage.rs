//! An address at which BroadWorks could not be asked the last time.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// An address at which BroadWorks could not be asked the last time.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "broadworks_outage")]
pub struct Model {
    /// The Xsi-Actions address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// Why not, the last time.
    pub reason: String,
    /// The first time, epoch milliseconds.
    pub since: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
