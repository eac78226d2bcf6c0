//! A provisioning ID that was replaced and is still taken for a while.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::TemplateId;

/// A provisioning ID that was replaced and is still taken for a while.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "former_provisioning_id")]
pub struct Model {
    /// It, without padding.
    #[sea_orm(primary_key, auto_increment = false)]
    pub provisioning_id: String,
    /// Whose it was.
    pub template_id: TemplateId,
    /// Until when it is taken, epoch milliseconds.
    pub until: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
