//! Where a client of the REST API wants to be told of changes.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{PartnerId, WebhookId};

/// Where a client of the REST API wants to be told of changes.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "webhook")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WebhookId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The address.
    pub url: String,
    /// The key of its signatures: kept as it is, for it has to be used.
    pub secret: String,
    /// Failed attempts since the last one that succeeded.
    pub failures: i32,
    /// Not before, epoch milliseconds.
    pub run_at: i64,
    /// Until when a server sends to it, epoch milliseconds.
    pub lease_until: i64,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// The first of the failures, epoch milliseconds; none after a success.
    pub failing_since: Option<i64>,
    /// Since when nothing is sent to it, epoch milliseconds; none while it is told.
    pub disabled_at: Option<i64>,
    /// Why not.
    pub disabled_reason: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
