//! How many users of a customer have one status, under one template. Written by the database itself.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{CustomerId, TemplateId};

/// How many users of a customer have one status, under one template.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriber_count")]
pub struct Model {
    /// Under which template.
    #[sea_orm(primary_key, auto_increment = false)]
    pub template_id: TemplateId,
    /// Of which customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
    /// Which status.
    #[sea_orm(primary_key, auto_increment = false)]
    pub status: String,
    /// How many users they are.
    pub users: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
