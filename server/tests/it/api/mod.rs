//! `/v1`

mod authorization;
mod broadworks;
mod idempotency;
mod nowhere;
mod rate;
mod subscribers;
mod webhooks;
