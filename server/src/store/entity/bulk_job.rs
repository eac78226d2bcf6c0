//! Many changes that somebody asked for at once.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{ApiTokenId, BulkJobId, PartnerId};

/// Many changes that somebody asked for at once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "bulk_job")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BulkJobId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The token by which it was asked for; the nil id, if it was not by one.
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
    /// A `store::Actor`; none from before others than tokens asked.
    pub actor: Option<String>,
    /// Whom it selects, as JSON, until all of them are rows.
    pub selection: Option<String>,
    /// Of which list its users were, as JSON; none if they were named one by one.
    pub list: Option<String>,
    /// How many rows have this outcome.
    pub accepted: i32,
    /// How many rows have this outcome.
    pub unchanged: i32,
    /// How many rows have this outcome.
    pub refused: i32,
    /// Epoch milliseconds; none unless somebody has ended it early.
    pub cancelled_at: Option<i64>,
    /// Since when it waits for approval, epoch milliseconds; none if it does not.
    pub staged_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
