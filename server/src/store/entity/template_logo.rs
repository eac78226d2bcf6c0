//! The picture of a template's logo.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::TemplateId;

/// The picture of a template's logo.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "template_logo")]
pub struct Model {
    /// `domain::Logo`: two templates may have the same.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name: String,
    /// The template whose logo it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub template_id: TemplateId,
    /// As a PNG.
    pub picture: Vec<u8>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
