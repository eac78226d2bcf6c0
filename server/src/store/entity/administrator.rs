//! Somebody who signs in to the partner hub.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{AdministratorId, PartnerId};

/// Somebody who signs in to the partner hub.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "administrator")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AdministratorId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The sign-in name, in lower case.
    pub email: String,
    /// PHC string, argon2id; empty until a password is chosen.
    pub password_hash: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Since when they must not sign in: epoch milliseconds.
    pub disabled_at: Option<i64>,
    /// `domain::Role::as_str`.
    pub role: String,
    /// Whether only the customers count that are assigned to them.
    pub assigned_only: bool,
    /// When they last signed in, epoch milliseconds.
    pub signed_in_at: Option<i64>,
    /// The identity provider that signs them in, as it names itself.
    pub issuer: Option<String>,
    /// What it calls them.
    pub subject: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

belongs_to!(partner by PartnerId);

impl ActiveModelBehavior for ActiveModel {}
