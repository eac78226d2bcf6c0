//! `/v1/broadworks/subscribers`: one file per endpoint. What the vendor's API does not have says "ours".

pub mod bulk;
pub(super) mod consent_move;
pub(super) mod create;
pub(super) mod history;
pub(super) mod list;
pub(super) mod read;
pub(in crate::http) mod remove;
pub(super) mod retry;
pub(in crate::http) mod subscriber;
pub(super) mod update;
pub(super) mod validate;

pub use consent_move::consent_move;
pub use create::create;
pub use history::history;
pub use list::list;
pub use read::read;
pub use remove::remove;
pub use retry::retry;
pub use update::update;
pub use validate::validate;

use super::{
    ApiState, Client, Read, Refusal, Write,
    body::{Object, ObjectOrFile},
    error, filter,
    named::{Named, Resource},
    names, paging,
    query::{self, Query},
    schema,
};
