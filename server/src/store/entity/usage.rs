//! A span in which an account existed with one package under one BroadWorks id; kept after the subscriber is gone.
//! Written only by `crate::usage`.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{CustomerId, PartnerId, UsageId};

/// A span in which an account existed with one package under one BroadWorks id.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "usage")]
pub struct Model {
    /// Its id; grows with time, but for the spans that the migration found under way: theirs is the subscriber's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UsageId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of which company.
    pub customer_id: CustomerId,
    /// Of whom: a subscriber or a workspace. At most one span of each is open.
    #[sea_orm(column_name = "subscriber_id")]
    pub owner_id: Uuid,
    /// The BroadWorks user id.
    pub user_id: String,
    /// The package.
    pub package: String,
    /// Came by the share link alone.
    pub self_activated: bool,
    /// Its first moment, epoch milliseconds.
    pub from_at: i64,
    /// The first moment that is not part of it, epoch milliseconds; none while it is open.
    pub until_at: Option<i64>,
    /// The same account went on with another package or id.
    pub continued: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
