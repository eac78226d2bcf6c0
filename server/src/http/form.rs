//! The forms of our pages, as they reach the server functions.
//!
//! `server_fn` (0.8) answers 500 to a body that cannot be read, whatever is wrong with it. So it is read here.

use axum::{
    body::Bytes,
    extract::{FromRequest as _, Request},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::text::is_text;

const FORM: &str = "application/x-www-form-urlencoded";

/// Where server functions are.
pub(super) const FUNCTIONS: &str = "/api/";

/// Reads a form that is for a server function. What is too large, broken off, no form or no text goes no further.
pub async fn read(request: Request, next: Next) -> Response {
    if request.method() != Method::POST || !request.uri().path().starts_with(FUNCTIONS) {
        return next.run(request).await;
    }
    if !is_form(request.headers()) {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE.into_response();
    }
    let (parts, body) = request.into_parts();
    let form = match Bytes::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(form) => form,
        Err(unread) => return unread.into_response(),
    };
    if !is_text(&form) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(Request::from_parts(parts, form.into())).await
}

fn is_form(headers: &HeaderMap) -> bool {
    let sent = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    sent.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM))
}
