//! What no address may hold: bytes that are no text, and the NUL that PostgreSQL takes in none.

use axum::{
    extract::Request,
    http::Uri,
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use domain::Fault;
use percent_encoding::percent_decode_str;

use super::Refusal;
use crate::http::text::is_text;

/// Refuses such addresses, before anybody looks them up or quietly replaces what cannot be read.
pub async fn readable(request: Request, next: Next) -> Response {
    match check(request.uri()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

/// Says of a parameter which one it is.
fn check(uri: &Uri) -> Result<(), Refusal> {
    const WHY: &str = "is no text in UTF-8, percent-encoded, without NUL";
    if !is_text(uri.path().as_bytes()) {
        return Err(Refusal::because(Fault::InvalidParameter, format!("The address {WHY}.")));
    }
    let Some(pair) = uri.query().and_then(|query| query.split('&').find(|pair| !is_text(pair.as_bytes()))) else {
        return Ok(());
    };
    let name = percent_decode_str(pair.split('=').next().unwrap_or_default()).decode_utf8_lossy().into_owned();
    let why = format!("{} What stands there {WHY}.", Fault::InvalidParameter.cause());
    Err(Refusal::explained(name, Fault::InvalidParameter, why))
}
