//! Whom jobs are about that are not carried out yet. Rows with an outcome are not in it.

use super::Index;

/// Adds the index.
pub const INDEX: Index = Index {
    migration: "m0029_bulk_row_by_subscriber",
    name: "bulk_row_by_subscriber_id_while_pending",
    unique: false,
    on: "bulk_row (subscriber_id) WHERE outcome IS NULL",
};
