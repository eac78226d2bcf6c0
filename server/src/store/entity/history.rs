//! One step in a subscriber's life; kept after the subscriber is gone.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{PartnerId, StepId};

/// One step in a subscriber's life; kept after the subscriber is gone.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "history")]
pub struct Model {
    /// UUIDv7: history is read in the order of ids.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StepId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of whom: a subscriber or a workspace.
    #[sea_orm(column_name = "subscriber_id")]
    pub owner_id: Uuid,
    /// Epoch milliseconds.
    pub at: i64,
    /// `domain::lifecycle::Event::name`, or a step of the engine.
    pub event: String,
    /// Who did it: `user`, `engine`, `admin:<id>`, `api:<id>`, `adapter:<id>`, `import`.
    pub actor: String,
    /// The status after it; none when the subscriber is gone.
    pub status: Option<String>,
    /// A fault's code.
    pub fault: Option<i32>,
    /// What the target said.
    pub detail: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
