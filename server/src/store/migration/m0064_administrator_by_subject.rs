//! By what an identity provider calls somebody they are found, and nobody of the partner is called the same.

use super::Index;

/// Adds the index.
pub const INDEX: Index = Index {
    migration: "m0064_administrator_by_subject",
    name: "administrator_by_subject",
    unique: true,
    on: "administrator (partner_id, issuer, subject)",
};
