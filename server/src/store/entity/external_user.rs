//! A BroadWorks user of a customer's who is no subscriber, as the directory showed one.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::CustomerId;

/// A BroadWorks user of a customer's who is no subscriber, as the directory showed one.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "external_user")]
pub struct Model {
    /// The customer.
    #[sea_orm(primary_key, auto_increment = false)]
    pub customer_id: CustomerId,
    /// What two ids are compared by.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id_key: String,
    /// The BroadWorks user id, as BroadWorks writes it.
    pub user_id: String,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// The directory number.
    pub phone: Option<String>,
    /// The extension.
    pub extension: Option<String>,
    /// The mobile number.
    pub mobile_phone: Option<String>,
    /// `directory_sync::Model::run` of the last run that saw the user.
    pub run: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
