//! The second factor of an administrator, or one that is being set up.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::AdministratorId;

/// The second factor of an administrator, or one that is being set up.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factor")]
pub struct Model {
    /// The administrator who has it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub administrator_id: AdministratorId,
    /// What its codes are made of, encrypted under a key that is not in the database (`access/code_keys.rs`).
    pub secret: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Since when it counts, epoch milliseconds; empty until its first code was entered.
    pub confirmed_at: Option<i64>,
    /// The moment, in epoch milliseconds, of the last code that was used: no code up to it counts again.
    pub used_until: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
