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

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::Fault;
use uuid::Uuid;

use super::{ApiState, BillingRead, BillingWrite, Client, Refusal, body::Object, id, paging, schema};

/// The report that an address names, which need not be there or the client's own.
pub struct Named(Uuid);

impl FromRequestParts<ApiState> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let written = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::UnknownResource)?;
        Ok(Self(id::billing_report(&written).ok_or(Fault::UnknownResource)?))
    }
}
