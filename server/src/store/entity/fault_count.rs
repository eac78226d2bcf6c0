//! How many users of a customer have failed for one reason, under one template. Written by the database itself.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{CustomerId, TemplateId};

/// How many users of a customer have failed for one reason, under one template.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fault_count")]
pub struct Model {
    /// Under which template.
    #[sea_orm(primary_key, auto_increment = false)]
    pub template_id: TemplateId,
    /// Of which customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
    /// Whether an attempt has failed or a mail: `attempt`, `mail`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub what: String,
    /// Why: a fault's code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub fault: i32,
    /// How many users they are.
    pub users: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
