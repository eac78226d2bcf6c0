//! A sign-in by an identity provider that was begun in a browser and has not come back.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// A sign-in by an identity provider that was begun in a browser and has not come back.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "oidc_sign_in")]
pub struct Model {
    /// SHA-256 of the cookie's value, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// By what the provider is named in addresses.
    pub provider: String,
    /// The hash of the session's cookie whose owner proves who they are; nothing for whoever signs in.
    pub session_hash: Option<String>,
    /// The page to read on at.
    pub next: String,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
