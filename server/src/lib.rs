//! Flowthrough's server: owns the provisioning state and everything that touches the outside world.
#![warn(missing_docs)]

pub mod access;
pub mod backend;
pub mod billing;
pub mod broadworks;
pub mod clock;
pub mod command;
pub mod condition;
pub mod config;
pub mod courier;
pub mod demo;
pub mod directory_sync;
pub mod environment;
pub mod export;
pub mod fault;
pub mod http;
pub mod import;
pub mod iso8601;
pub mod lease;
pub mod live;
pub mod log;
pub mod mail;
pub mod partners;
pub mod process;
pub mod provisioning;
pub mod quotation;
pub mod readiness;
pub mod retry_after;
pub mod store;
pub mod sweepers;
pub mod targets;
pub mod templates;
pub mod usage;
pub mod web_address;
pub mod webhooks;
