//! `/v1`

mod authorization;
mod broadworks;
mod nowhere;
mod subscribers;
