//! A list that an administrator has saved.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::AdministratorId;

/// A list that an administrator has saved.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "saved_view")]
pub struct Model {
    /// The administrator who saved it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub administrator_id: AdministratorId,
    /// What they call it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// Where it is in the hub.
    pub address: String,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
