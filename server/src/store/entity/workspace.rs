//! A room or a desk with a BroadWorks user id. Its state is written only by `provisioning::workspaces`.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{CustomerId, PartnerId, TemplateId, WorkspaceId};

/// A room or a desk with a BroadWorks user id. Its state is written only by `provisioning::workspaces`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "workspace")]
pub struct Model {
    /// Its id; UUIDv7, so that ids grow with time. Subscribers' ids are of the same space.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: WorkspaceId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of which company.
    pub customer_id: CustomerId,
    /// The template by which it is onboarded.
    pub template_id: TemplateId,
    /// The BroadWorks user id, as given.
    pub user_id: String,
    /// What two ids are compared by.
    pub user_id_key: String,
    /// Its name.
    pub display_name: String,
    /// Primary phone number.
    pub primary_phone: Option<String>,
    /// Extension.
    pub extension: Option<String>,
    /// See `domain::workspace::Record`.
    pub status: String,
    /// See `domain::workspace::Record`.
    pub attempt: Option<String>,
    /// See `domain::workspace::Record`.
    pub fault: Option<i32>,
    /// See `domain::workspace::Record`.
    pub at_target: String,
    /// What the target itself said about the fault.
    pub fault_detail: Option<String>,
    /// Why the attempt under way has to be made again: a fault's code.
    #[sea_orm(column_name = "hitch")]
    pub setback: Option<i32>,
    /// Its id at the target.
    pub place_id: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub status_changed_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

belongs_to!(template by TemplateId);

belongs_to!(customer by CustomerId);

impl ActiveModelBehavior for ActiveModel {}
