//! How the users of a partner or customer stood at the end of a day.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// How the users of a partner or customer stood at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "daily_count")]
pub struct Model {
    /// Whose: a partner's or a customer's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_id: Uuid,
    /// Which day, counted from the epoch, in UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i64,
    /// How many users were provisioned.
    pub provisioned: i64,
    /// How many waited, or were under way.
    pub pending: i64,
    /// How many were in error.
    pub error: i64,
    /// For how many an account was created on that day.
    pub activated: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
