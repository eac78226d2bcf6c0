//! The list of a partner's bulk jobs, the newest first.

use super::Index;

/// Adds the index.
pub const INDEX: Index = Index {
    migration: "m0027_bulk_job_by_partner",
    name: "bulk_job_by_partner_id_and_id",
    unique: false,
    on: "bulk_job (partner_id, id)",
};
