//! A customer that is assigned to an administrator.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{AdministratorId, CustomerId};

/// A customer that is assigned to an administrator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// The administrator to whom it is assigned.
    #[sea_orm(primary_key, auto_increment = false)]
    pub administrator_id: AdministratorId,
    /// The customer that is assigned.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
