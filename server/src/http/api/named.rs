//! What an address names.

use std::marker::PhantomData;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::Fault;

use super::{ApiState, Refusal};

/// Something that has an address of its own.
pub trait Resource {
    /// What it is known by.
    type Id: Send;
    /// What addresses call that.
    const PARAMETER: &'static str = "id";
    /// What it looks like, for whoever has written something else.
    const FORM: &'static str;

    /// Reads its id as it is written in an address.
    fn id(written: &str) -> Option<Self::Id>;
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
        let id = written.and_then(|Path(written)| R::id(&written)).ok_or_else(|| {
            let why = format!("This is no such id: one is written as it was given out, {}.", R::FORM);
            Refusal::explained(R::PARAMETER, Fault::InvalidParameter, why)
        })?;
        Ok(Self { id, resource: PhantomData })
    }
}
