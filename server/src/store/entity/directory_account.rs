//! An account in the embedded directory target. To the engine this is an outside system.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// An account in the embedded directory target. To the engine this is an outside system.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "directory_account")]
pub struct Model {
    /// The account's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The subscriber it belongs to.
    pub external_id: Uuid,
    /// The address.
    pub email: String,
    /// What two addresses are compared by: one address, one account, across all partners.
    pub email_key: String,
    /// The package.
    pub package: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Whether it administers its customer.
    pub administrator: bool,
    /// The service provider's id of the customer that it is one of; of some that are older than the column, nobody knows.
    pub sp_enterprise_id: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
