//! A phone company that runs BroadWorks; its administrators use the hub.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::PartnerId;

/// A phone company that runs BroadWorks; its administrators use the hub.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "partner")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PartnerId,
    /// Its name.
    pub name: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// How many users may be deleted in an hour before deletions wait; none, if nobody has said so.
    pub deletion_threshold: Option<i32>,
    /// Since when whoever signs in has to have a second factor: epoch milliseconds.
    pub factor_required_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
