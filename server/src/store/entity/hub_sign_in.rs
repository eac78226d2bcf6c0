//! A sign-in to the hub whose password was right, and that waits for the code of the second factor.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::AdministratorId;

/// A sign-in to the hub whose password was right, and that waits for the code of the second factor.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hub_sign_in")]
pub struct Model {
    /// SHA-256 of the cookie's value, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// The administrator who is signing in.
    pub administrator_id: AdministratorId,
    /// SHA-256 of the password's hash, hexadecimal: whoever has another one by now has to sign in with that.
    pub password: String,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
