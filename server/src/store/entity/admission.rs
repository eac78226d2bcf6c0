//! Whether somebody who was deleted may come back. No more is kept of them than the id that they would come back with.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{PartnerId, TemplateId};

/// Whether somebody who was deleted may come back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "admission")]
pub struct Model {
    /// The partner.
    #[sea_orm(primary_key, auto_increment = false)]
    pub partner_id: PartnerId,
    /// The BroadWorks user id, as ids are compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id_key: String,
    /// The template under which the user was.
    pub template_id: TemplateId,
    /// Whether the user may come back under that template; if not, then under none.
    pub open: bool,
    /// When that was said, epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
