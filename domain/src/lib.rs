//! The pure rules of onboarding: what a subscriber is, how one becomes provisioned, what can go wrong and who fixes it.
//!
//! Nothing here does I/O, awaits, reads a clock or draws a random number: time and chance come in as parameters.
//! The crate is compiled twice, for the server and for the browser, so that a form in the browser and the engine
//! on the server decide by the same code.
#![warn(missing_docs)]

pub mod audit;
pub mod bulk;
pub mod code;
pub mod colour;
pub mod deletion;
pub mod doubt;
pub mod draft;
pub mod email_address;
pub mod fault;
pub mod field;
pub mod filter;
pub mod history;
pub mod id;
pub mod language;
pub mod lifecycle;
pub mod limit;
pub mod logo;
pub mod mailing;
pub mod nearest;
pub mod network;
pub mod note;
pub mod outage;
pub mod permission;
pub mod phone;
pub mod retry;
pub mod role;
pub mod search;
pub mod spreadsheet;
pub mod subscriber;
pub mod tag;
pub mod task;
pub mod template;
pub mod timestamp;
pub mod timezone;
pub mod token;
pub mod typed;
pub mod usage;
pub mod webhook;
pub mod workspace;

pub use code::Code;
pub use colour::{Accent, Colour, Shades};
pub use doubt::Doubt;
pub use email_address::EmailAddress;
pub use fault::Fault;
pub use field::Field;
pub use history::{Happening, HistoryEvent};
pub use language::Language;
pub use logo::Logo;
pub use mailing::Mailing;
pub use network::Network;
pub use note::Note;
pub use permission::{Permission, Permissions};
pub use role::Role;
pub use subscriber::{BroadWorksId, Package, SpEnterpriseId, Status, StatusGroup};
pub use tag::Tag;
pub use timestamp::Timestamp;
pub use token::TokenState;
