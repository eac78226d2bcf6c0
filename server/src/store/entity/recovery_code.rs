//! A code that stands in for a second factor, once.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::AdministratorId;

/// A code that stands in for a second factor, once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "recovery_code")]
pub struct Model {
    /// The administrator who can use it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub administrator_id: AdministratorId,
    /// SHA-256 of the code, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code_hash: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
