//! Access: who somebody is and what they may do. Administrators, sessions, API tokens and adapter accounts; secrets and
//! passwords; how often somebody may try.
//!
//! No rule of provisioning stands here.

pub mod adapter_accounts;
pub mod administrators;
pub mod code_keys;
pub mod devices;
pub mod guard;
pub mod identified;
pub mod kept_secret;
pub mod notices;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod people;
pub mod post;
pub mod rate;
pub mod sealed_id;
pub mod second_factor;
pub mod secret;
pub mod session;
pub mod throttle;
pub mod tokens;
