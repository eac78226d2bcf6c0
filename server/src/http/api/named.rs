//! What an address names.

use std::{marker::PhantomData, str::FromStr};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::Fault;

use super::{ApiState, Refusal};
use crate::vendor_id::Kind;

/// Something that has an address of its own.
pub trait Resource {
    /// What it is known by.
    type Id: FromStr + Send;
    /// What addresses call that.
    const PARAMETER: &'static str = "id";
    /// As what the vendor writes its id; none, where the vendor has no such thing and ids are plain UUIDs.
    const KIND: Option<Kind> = None;
}

/// The `R` that an address names, which need not be there or the client's own.
pub struct Named<R: Resource> {
    /// Its id.
    pub id: R::Id,
    resource: PhantomData<fn() -> R>,
}

impl<R: Resource> FromRequestParts<ApiState> for Named<R> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let written = Path::<String>::from_request_parts(parts, state).await.ok();
        let read =
            |Path(written): Path<String>| R::KIND.map_or_else(|| written.parse().ok(), |kind| kind.own(&written));
        let id = written.and_then(read).ok_or_else(|| {
            let form = R::KIND
                .map_or_else(|| "a UUID".to_owned(), |kind| format!("the base64 of {} and a UUID", kind.prefix()));
            let why = format!("This is no such id: one is written as it was given out, {form}.");
            Refusal::explained(R::PARAMETER, Fault::InvalidParameter, why)
        })?;
        Ok(Self { id, resource: PhantomData })
    }
}
