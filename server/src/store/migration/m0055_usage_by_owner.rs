//! As what somebody was billed who is gone: the audit log says of whom it tells.

use super::Index;

/// Adds the index.
pub const INDEX: Index =
    Index { migration: "m0055_usage_by_owner", name: "usage_by_owner", unique: false, on: "usage (subscriber_id)" };
