//! Who was asked by mail for an address lately.

use super::Index;

/// Adds the index.
pub const INDEX: Index =
    Index { migration: "m0030_proof_by_time", name: "proof_by_created_at", unique: false, on: "proof (created_at)" };
