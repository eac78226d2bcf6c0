//! `/v1`

mod authorization;
mod broadworks;
mod clients;
mod document;
mod idempotency;
mod malformed;
mod nowhere;
mod rate;
mod subscribers;
pub mod webhooks;
