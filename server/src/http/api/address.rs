//! What no address may hold: bytes that are no text, and the NUL that PostgreSQL takes in none.

use axum::{extract::Request, middleware::Next, response::Response};
use domain::Fault;
use percent_encoding::percent_decode_str;

use super::Refusal;

/// Refuses such addresses, before anybody looks them up or quietly replaces what cannot be read.
pub async fn readable(request: Request, next: Next) -> Result<Response, Refusal> {
    if !is_text(request.uri().path()) {
        return Err(Fault::UnknownResource.into());
    }
    if !request.uri().query().is_none_or(is_text) {
        return Err(Fault::InvalidParameter.into());
    }
    Ok(next.run(request).await)
}

fn is_text(encoded: &str) -> bool {
    percent_decode_str(encoded).decode_utf8().is_ok_and(|text| !text.contains('\0'))
}
