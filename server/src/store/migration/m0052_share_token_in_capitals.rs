//! Share links that somebody has written in capitals: whoever opens one, and nobody has to be signed in for that, must not have every
//! template looked through.

use super::Index;

/// Adds the index.
pub const INDEX: Index = Index {
    migration: "m0052_share_token_in_capitals",
    name: "template_by_share_token_in_capitals",
    unique: false,
    on: "template (upper(share_token))",
};
