//! What every test stands on: a fresh database, a clock and chance that it rules, and an outside world that does what
//! it is told.
//!
//! [`for_each_database`] runs a test on SQLite, and on PostgreSQL too when `FLOWTHROUGH_TEST_POSTGRES` says where one
//! is. With `FLOWTHROUGH_TEST_POSTGRES_REQUIRED=1` a missing one is a failure: nothing is skipped silently. The SCIM and
//! the mail server are found in the same way (scripts/with-services.sh).

mod api;
mod authenticator;
mod broadworks;
mod browser;
mod client;
mod cluster;
mod contract;
mod database;
mod heard;
mod identity_provider;
mod installation;
mod outage;
mod outside;
mod pages;
mod portal;
mod pretender;
mod proxy;
mod services;
mod site;
mod world;

pub use api::Api;
pub use authenticator::Authenticator;
pub use broadworks::BroadWorks;
pub use browser::{Browser, Page};
pub use client::{Answer, Client, PUBLIC_URL};
pub use cluster::Cluster;
pub use database::{for_each_database, for_each_empty_database, on_postgres};
pub use heard::Heard;
pub use identity_provider::{IdentityProvider, back};
pub use installation::{Installation, Memory, Server, free_port};
pub use outage::Outage;
pub use outside::{Act, Call, Postman, Scripted, find, remove};
pub use pages::{ADMIN, ADMIN_PASSWORD, Pages, client_app, returning, visitor};
pub use portal::Person;
pub use pretender::Pretender;
pub use proxy::Proxy;
pub use services::{MailServer, NameServer, ScimService, promtool, python};
pub use site::{AMPLE, Reply, Site, cookie, read_reply};
pub use world::{MAX_ATTEMPTS, Refused, World, asked_in_vain, billed_wrongly, fault, left_to_do, new_subscriber};
