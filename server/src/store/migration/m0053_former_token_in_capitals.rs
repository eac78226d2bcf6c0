//! Share links that were replaced, and that somebody has written in capitals: as `m0052_share_token_in_capitals`.

use super::Index;

/// Adds the index.
pub const INDEX: Index = Index {
    migration: "m0053_former_token_in_capitals",
    name: "former_share_token_in_capitals",
    unique: false,
    on: "former_share_token (upper(token))",
};
