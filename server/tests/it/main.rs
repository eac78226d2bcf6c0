//! One binary for all integration tests. Folders and files mirror the engine's use cases and the URLs.
//!
//! Tests look at the tables themselves: [`entity`] is the server's own file, compiled into the tests, because the server's
//! store keeps its tables to itself.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod access;
mod adapter;
mod api;
mod backup;
mod bounces;
mod branding;
mod chaos;
mod check;
mod command;
mod crash;
mod disk;
mod documented;
mod domains;
mod engine;
#[allow(dead_code, missing_docs, reason = "the server's file, of which no test needs everything")]
#[path = "../../src/store/entity/mod.rs"]
mod entity;
mod export;
mod figures;
mod forms;
mod http;
mod hub;
mod import;
mod in_use;
mod lock;
mod log;
mod lookalikes;
mod mail;
mod monitoring;
mod otlp;
mod person;
mod portal;
mod ready_mail;
mod reload;
mod reminders;
mod remote;
mod restart;
mod retention;
mod rolling;
mod sessions;
mod simulation;
mod start;
mod store;
mod support;
mod targets;
mod tenancy;

use server::store::ids;
