//! What a browser was asked to do with a passkey and has not answered.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

/// What a browser was asked to do with a passkey and has not answered.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey_ceremony")]
pub struct Model {
    /// SHA-256 of what the page has to show with the answer, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// The hash of the session's cookie in which it was asked; nothing for whoever signs in.
    pub session_hash: Option<String>,
    /// Whether a passkey is to be made, or one that is there to be shown.
    pub adds: bool,
    /// The challenge and what else the answer is compared with, as `webauthn_rp` encodes it, base64url.
    pub state: String,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
