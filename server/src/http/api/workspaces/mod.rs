//! `/v1/broadworks/workspaces`: one file per endpoint. What the vendor's API does not have says "ours".

pub(super) mod create;
pub(super) mod list;
pub(super) mod read;
mod reading;
pub(super) mod remove;
pub(super) mod update;
mod workspace;

pub use create::create;
pub use list::list;
pub use read::read;
pub use remove::remove;
pub use update::update;

use super::{
    ApiState, Client, PlacesRead, PlacesWrite, Refusal,
    body::Object,
    error, filter,
    named::{Named, Resource},
    names, paging, schema,
};
