//! `/v1/broadworks/subscribers`: one file per endpoint. What the vendor's API does not have says "ours".

pub mod bulk;
pub(super) mod consent_move;
pub(super) mod create;
pub(super) mod history;
pub(super) mod list;
pub(super) mod read;
pub(super) mod remove;
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

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::Fault;
use uuid::Uuid;

use super::{
    ApiState, Client, Read, Refusal, Write,
    body::{Object, ObjectOrFile},
    error, id, paging, schema,
};

/// The subscriber that an address names, which need not be there or the client's own.
pub struct Named(Uuid);

impl FromRequestParts<ApiState> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let written = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::UnknownResource)?;
        Ok(Self(id::subscriber(&written).ok_or(Fault::UnknownResource)?))
    }
}
