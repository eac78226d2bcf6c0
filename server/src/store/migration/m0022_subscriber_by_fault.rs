//! The users who failed by one fault, or whose mail did. Those who did not are in neither index.

use super::Index;

/// By the last attempt's fault.
pub const OF_ATTEMPT: Index = Index {
    migration: "m0022_subscriber_by_fault",
    name: "subscriber_by_partner_id_and_fault_and_id",
    unique: false,
    on: "subscriber (partner_id, fault, id) WHERE fault IS NOT NULL",
};

/// By the mail's.
pub const OF_MAIL: Index = Index {
    migration: "m0022_subscriber_by_mail_fault",
    name: "subscriber_by_partner_id_and_mail_fault_and_id",
    unique: false,
    on: "subscriber (partner_id, mail_fault, id) WHERE mail_fault IS NOT NULL",
};
