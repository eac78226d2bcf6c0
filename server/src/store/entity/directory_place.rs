//! A workspace in the embedded directory target. To the engine this is an outside system.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// A workspace in the embedded directory target. To the engine this is an outside system.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "directory_place")]
pub struct Model {
    /// The place's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The workspace that it is.
    pub external_id: Uuid,
    /// The BroadWorks user id.
    pub user_id: String,
    /// Its name.
    pub display_name: String,
    /// Primary phone number.
    pub primary_phone: Option<String>,
    /// Extension.
    pub extension: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
