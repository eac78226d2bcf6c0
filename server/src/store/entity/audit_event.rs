//! A deed of an administrator, an API client or an operator.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{AuditEventId, PartnerId};

/// A deed of an administrator, an API client or an operator. Rows are added and never changed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    /// UUIDv7: the log is read in the order of ids.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Epoch milliseconds.
    pub at: i64,
    /// Who did it, as in a history.
    pub actor: String,
    /// `domain::audit::Category::as_str`.
    pub category: String,
    /// `domain::audit::Deed::as_str`.
    pub deed: String,
    /// To what it was done.
    pub subject_id: Option<Uuid>,
    /// Of a bulk job: what it was asked for, as JSON.
    pub detail: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
