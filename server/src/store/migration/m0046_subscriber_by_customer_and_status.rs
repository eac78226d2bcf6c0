//! A customer's users of one status, in the order of lists: a customer may have few of them where the partner has many.

use super::Index;

/// Adds the index.
pub const INDEX: Index = Index {
    migration: "m0046_subscriber_by_customer_and_status",
    name: "subscriber_by_customer_id_and_status_and_id",
    unique: false,
    on: "subscriber (customer_id, status, id)",
};
