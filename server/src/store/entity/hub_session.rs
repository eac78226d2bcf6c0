//! A signed-in administrator.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::AdministratorId;

/// A signed-in administrator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "hub_session")]
pub struct Model {
    /// SHA-256 of the cookie's value, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// The administrator who is signed in.
    pub administrator_id: AdministratorId,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Last use, epoch milliseconds.
    pub seen_at: i64,
    /// From where it was begun.
    pub network: Option<String>,
    /// When its owner has last proven who they are since it began, epoch milliseconds.
    pub proven_at: Option<i64>,
    /// Whether they have shown a passkey in it: then it owes no second factor.
    pub by_passkey: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

belongs_to!(administrator by AdministratorId);

impl ActiveModelBehavior for ActiveModel {}
