//! A billing report that somebody asked for. Its content is computed from `usage` whenever it is read.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{ApiTokenId, BillingReportId, PartnerId};

/// A billing report that somebody asked for. Its content is computed from `usage` whenever it is read.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "billing_report")]
pub struct Model {
    /// Its id; UUIDv7, so that ids grow with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: BillingReportId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The month: `YYYY-MM`, in UTC.
    pub period: String,
    /// By which API token.
    pub created_by: ApiTokenId,
    /// Signs the addresses from which it is downloaded: kept as it is, for it has to be used.
    pub signing_key: Vec<u8>,
    /// Epoch milliseconds; what happened later is not part of it.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
