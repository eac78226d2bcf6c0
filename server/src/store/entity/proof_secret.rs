//! What one mail of a proof carried. A mail that has to be sent again carries new secrets; the old ones stay good.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::ProofId;

/// What one mail of a proof carried. A mail that has to be sent again carries new secrets; the old ones stay good.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proof_secret")]
pub struct Model {
    /// SHA-256 of the link's token, hexadecimal.
    #[sea_orm(primary_key, auto_increment = false)]
    pub link_hash: String,
    /// Of which proof.
    pub proof_id: ProofId,
    /// Under a key that is not in the database, or as argon2id (`access/code_keys.rs`): a million codes are soon tried otherwise.
    pub code_hash: String,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

belongs_to!(proof by ProofId);

impl ActiveModelBehavior for ActiveModel {}
