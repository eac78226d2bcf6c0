//! What a request asks for, before anybody looks it up: its method and its target (RFC 9112 §3).

use axum::{
    extract::Request,
    http::{Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::text::is_text;

/// What this server answers to.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// Refuses a method that nothing here has, and a target without a path: `leptos_axum` (0.8.10) panics at what CONNECT
/// asks for, a host and a port.
pub async fn has_path(request: Request, next: Next) -> Response {
    if !METHODS.contains(request.method()) {
        let allow = METHODS.map(|method| method.to_string()).join(", ");
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allow)]).into_response();
    }
    if request.uri().path_and_query().is_none() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(request).await
}

/// Refuses an address of a page that is no text, or holds the NUL that PostgreSQL takes in none. Whoever reads pages is shown
/// the one that says that there is none.
pub async fn is_readable(mut request: Request, next: Next) -> Response {
    let uri = request.uri();
    if is_text(uri.path().as_bytes()) && uri.query().is_none_or(|query| is_text(query.as_bytes())) {
        return next.run(request).await;
    }
    if !reads_pages(&request) {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let nowhere = if uri.path().starts_with("/hub/") { "/hub/-" } else { "/-" };
    *request.uri_mut() = Uri::from_static(nowhere);
    next.run(request).await
}

fn reads_pages(request: &Request) -> bool {
    let accepted = request.headers().get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    request.method() == Method::GET && accepted.is_some_and(|accepted| accepted.contains("text/html"))
}
