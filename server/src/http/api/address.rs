//! What no address may hold: bytes that are no text, and the NUL that PostgreSQL takes in none.

use axum::{extract::Request, middleware::Next, response::Response};
use domain::Fault;

use super::Refusal;
use crate::http::text::is_text;

/// Refuses such addresses, before anybody looks them up or quietly replaces what cannot be read.
pub async fn readable(request: Request, next: Next) -> Result<Response, Refusal> {
    if !is_text(request.uri().path().as_bytes()) {
        return Err(Fault::UnknownResource.into());
    }
    if !request.uri().query().is_none_or(|query| is_text(query.as_bytes())) {
        return Err(Fault::InvalidParameter.into());
    }
    Ok(next.run(request).await)
}
