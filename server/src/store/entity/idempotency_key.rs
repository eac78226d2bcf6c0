//! An `Idempotency-Key` that a client of the REST API has sent, and what it was answered.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// An `Idempotency-Key` that a client of the REST API has sent, and what it was answered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "idempotency_key")]
pub struct Model {
    /// SHA-256 of token and key, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// SHA-256 of the request, hexadecimal.
    pub request: String,
    /// Who is processing the request, or did.
    pub claim: Uuid,
    /// Until when a request without an answer counts as being processed, epoch milliseconds.
    pub claimed_until: i64,
    /// The answer's status; none as long as there is no answer.
    pub status: Option<i32>,
    /// The answer's tracking id.
    pub tracking_id: Option<String>,
    /// The answer's `Location`.
    pub location: Option<String>,
    /// The answer's JSON.
    pub body: Option<String>,
    /// When it is forgotten, epoch milliseconds.
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
