//! `/v1/broadworks/billing/reports`: one file per endpoint.

pub(super) mod create;
pub(super) mod download;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
mod report;

pub use create::create;
pub use download::download;
pub use list::list;
pub use read::read;
pub use remove::remove;

use super::{
    ApiState, BillingRead, BillingWrite, Client, Refusal,
    body::Object,
    named::{Named, Resource},
    paging, schema,
};
