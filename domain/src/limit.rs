//! How often somebody may try: fixed windows, counted in the database so that they hold across replicas and restarts.

use crate::timestamp::{HOUR, MINUTE};

/// At most `max` tries within `window` milliseconds, per subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The name under which tries are counted.
    pub name: &'static str,
    /// Tries allowed within one window.
    pub max: i64,
    /// Length of the window in milliseconds.
    pub window: i64,
}

/// Portal sign-in, per BroadWorks user id, existing or not: a guesser gets no further and learns nothing.
pub const PORTAL_SIGN_IN: Limit = Limit { name: "portal-sign-in", max: 8, window: 15 * MINUTE };
/// Portal sign-in, per network address.
pub const PORTAL_SIGN_IN_NETWORK: Limit = Limit { name: "portal-sign-in-network", max: 300, window: 15 * MINUTE };
/// Hub sign-in, per email address, existing or not.
pub const HUB_SIGN_IN: Limit = Limit { name: "hub-sign-in", max: 8, window: 15 * MINUTE };
/// Hub sign-in, per network address.
pub const HUB_SIGN_IN_NETWORK: Limit = Limit { name: "hub-sign-in-network", max: 100, window: 15 * MINUTE };
/// Mails asking to prove an address, per subscriber.
pub const PROOF_MAIL: Limit = Limit { name: "proof-mail", max: 6, window: HOUR };
/// Mails asking to prove an address, per recipient: nobody's mailbox is flooded through many user ids.
pub const PROOF_MAIL_RECIPIENT: Limit = Limit { name: "proof-mail-recipient", max: 10, window: HOUR };
/// Tries at the six-digit code, per subscriber: 20 tries an hour at a million codes.
pub const CODE: Limit = Limit { name: "code", max: 20, window: HOUR };
/// Wrong tries at one code before it is worthless.
pub const CODE_TRIES: i32 = 5;
/// Opening links that do not exist, per network address.
pub const LINK_NETWORK: Limit = Limit { name: "link-network", max: 300, window: 15 * MINUTE };
/// Credentials at a template's flow-through adapter that have to be compared with their hash, per network address.
pub const ADAPTER_SIGN_IN: Limit = Limit { name: "adapter-sign-in", max: 30, window: 15 * MINUTE };
/// Calls of the REST API, per token, unless the settings say otherwise.
pub const API_CALLS: Limit = Limit { name: "api-calls", max: 6_000, window: MINUTE };

/// The most characters that the name of an API token may have.
pub const TOKEN_NAME: usize = 80;

/// How long the answer to a call with an Idempotency-Key is kept, in milliseconds.
pub const IDEMPOTENCY: i64 = 24 * HOUR;
/// How long a mailed link proves an address, in milliseconds.
pub const LINK_LIFETIME: i64 = 24 * HOUR;
/// How long a mailed code proves an address, in milliseconds.
pub const CODE_LIFETIME: i64 = 30 * MINUTE;
/// How long to wait before a mail may be asked for again, in milliseconds.
pub const RESEND_AFTER: i64 = MINUTE / 2;
/// How long a portal session lasts, in milliseconds.
pub const PORTAL_SESSION: i64 = 12 * HOUR;
/// How long a hub session lasts after its last use, in milliseconds.
pub const HUB_SESSION_IDLE: i64 = 2 * HOUR;
/// How long a hub session lasts at the longest, in milliseconds.
pub const HUB_SESSION: i64 = 12 * HOUR;
