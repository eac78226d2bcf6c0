//! Many changes that a client of the REST API asked for at once.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{ApiTokenId, BulkJobId, PartnerId};

/// Many changes that a client of the REST API asked for at once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "bulk_job")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BulkJobId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Who asked for it.
    pub token_id: ApiTokenId,
    /// A `domain::bulk::Action`.
    pub action: String,
    /// How many rows it has.
    pub size: i32,
    /// Until when a server works on it, or when the last one left off, epoch milliseconds: also the order of turns.
    pub lease_until: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds; none until every row has its outcome.
    pub finished_at: Option<i64>,
    /// The columns of its file that nobody knows, a JSON array; none if there are none.
    pub ignored_columns: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
