//! `/v1/webhooks`: ours, one file per endpoint. Clients are told when a subscriber's status changes.

pub(super) mod add;
pub(super) mod deliveries;
pub(super) mod enable;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
mod webhook;

pub use add::add;
pub use deliveries::deliveries;
pub use enable::enable;
pub use list::list;
pub use read::read;
pub use remove::remove;

use super::{
    ApiState, Client, Read, Refusal, Write,
    body::Object,
    named::{Named, Resource},
    paging, schema,
};
