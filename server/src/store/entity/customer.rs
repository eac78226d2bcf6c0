//! A company that a partner serves; created with its first subscriber.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{CustomerId, PartnerId, SubscriberId};

/// A company that a partner serves; created with its first subscriber.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "customer")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CustomerId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The service provider's id of it.
    pub sp_enterprise_id: String,
    /// Its name, as shown in the Customer List.
    pub name: String,
    /// The subscriber who is, or is to become, its administrator.
    pub administrator_id: Option<SubscriberId>,
    /// Whether one of its subscribers has been provisioned: Provision Admin First holds nobody back any more.
    pub administrator_ready: bool,
    /// When its last task is due in the fair order of turns; see `provisioning::queue`.
    pub turn: i64,
    /// The words by which the partner sorts it, with spaces between them; `customer_tag` has each of them.
    pub tags: String,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
