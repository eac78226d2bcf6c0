//! The steps by which users were provisioned, in their order: how many on a day, and how long it took. No other step is in it.

use super::Index;

/// Adds the index.
pub const INDEX: Index = Index {
    migration: "m0032_activations",
    name: "history_by_partner_id_and_id_of_activations",
    unique: false,
    on: "history (partner_id, id) WHERE event = 'account_created'",
};
