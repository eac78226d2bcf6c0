//! A passkey of an administrator.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{AdministratorId, PasskeyId};

/// A passkey of an administrator.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "passkey")]
pub struct Model {
    /// The passkey's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PasskeyId,
    /// The administrator whose it is.
    pub administrator_id: AdministratorId,
    /// By what the authenticator knows it, base64url.
    pub credential_id: String,
    /// The public key and what stays as it was when it was made, as `webauthn_rp` encodes it, base64url.
    pub public_key: String,
    /// What may change with each use, the signature counter among it, as `webauthn_rp` encodes it, base64url.
    pub state: String,
    /// What its owner calls it.
    pub name: String,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Last use, epoch milliseconds.
    pub used_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
