//! `/v1/broadworks/subscribers`: one file per endpoint.

mod create;
mod list;
mod read;
mod remove;
mod subscriber;
mod update;
mod validate;

pub use create::create;
pub use list::list;
pub use read::read;
pub use remove::remove;
pub use update::update;
pub use validate::validate;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::Fault;
use uuid::Uuid;

use super::{ApiState, Client, Read, Refusal, Write, body::Object, id};

/// The subscriber that an address names, which need not be there or the client's own.
pub struct Named(Uuid);

impl FromRequestParts<ApiState> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let written = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::UnknownResource)?;
        Ok(Self(id::subscriber(&written).ok_or(Fault::UnknownResource)?))
    }
}
