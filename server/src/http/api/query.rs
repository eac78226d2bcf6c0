//! What stands behind the question mark of an address, whose faults are told with the parameter's name.

use axum::{
    extract::{FromRequestParts, rejection::QueryRejection},
    http::{Uri, request::Parts},
};
use domain::Fault;
use serde::de::DeserializeOwned;

use super::Refusal;

/// The parameters of a call, each of which is a text.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        read(&parts.uri).map(Self)
    }
}

/// Reads them from an address.
pub fn read<T: DeserializeOwned>(uri: &Uri) -> Result<T, Refusal> {
    axum::extract::Query::try_from_uri(uri)
        .map(|axum::extract::Query(read)| read)
        .map_err(|rejection| refused(&rejection))
}

/// A parameter stands there twice, or is none of the call's: serde puts its name into backticks.
fn refused(rejection: &QueryRejection) -> Refusal {
    let text = rejection.body_text();
    match text.split('`').nth(1) {
        Some(name) => Refusal::explained(
            name.to_owned(),
            Fault::InvalidParameter,
            format!(
                "{} Each parameter of this call may stand there once, and no others.",
                Fault::InvalidParameter.cause()
            ),
        ),
        None => Fault::InvalidParameter.into(),
    }
}

/// A parameter that is true or false, and false if it is not there.
pub fn flag(name: &'static str, written: Option<&str>) -> Result<bool, Refusal> {
    match written {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Refusal::parameter(name, Fault::InvalidParameter)),
    }
}
