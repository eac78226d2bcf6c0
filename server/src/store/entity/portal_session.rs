//! A user signed in to the activation portal.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{SubscriberId, TemplateId};

/// A user signed in to the activation portal.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "portal_session")]
pub struct Model {
    /// SHA-256 of the cookie's value, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// The subscriber who is signed in.
    pub subscriber_id: SubscriberId,
    /// By which share link.
    pub template_id: TemplateId,
    /// Epoch milliseconds.
    pub expires_at: i64,
    /// Last use, epoch milliseconds; none where the version before has begun it and nobody used it since.
    pub seen_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

belongs_to!(subscriber by SubscriberId);

impl ActiveModelBehavior for ActiveModel {}
