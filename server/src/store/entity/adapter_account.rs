//! The account with which BroadWorks reaches a template's flow-through adapter.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::TemplateId;

/// The account with which BroadWorks reaches a template's flow-through adapter.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "adapter_account")]
pub struct Model {
    /// The template.
    #[sea_orm(primary_key, auto_increment = false)]
    pub template_id: TemplateId,
    /// The user name.
    pub user_name: String,
    /// The secret as argon2id.
    pub secret_hash: String,
    /// When the secret was made, epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
