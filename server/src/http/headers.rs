//! Headers that every answer carries.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};

/// What an answer that is no page may do in a browser: nothing. Pages bring a policy of their own, with a nonce.
const NOTHING: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'; base-uri 'none'");

/// Seconds after which to try again what is interrupted, where nothing more exact is known.
const SOON: HeaderValue = HeaderValue::from_static("2");

/// Adds the headers; a handler that set one itself knows better.
pub async fn secure(request: Request, next: Next) -> Response {
    let immutable = request.uri().path().starts_with("/pkg/");
    let mut response = next.run(request).await;
    let interrupted = response.status() == StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    if interrupted {
        set(headers, header::RETRY_AFTER, SOON);
    }
    set(headers, header::CONTENT_SECURITY_POLICY, NOTHING);
    set(headers, header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    set(headers, header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    set(headers, header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    set(
        headers,
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=()"),
    );
    set(headers, HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
    set(headers, header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000"));
    // Pages and answers are personal; the browser's files are asked for again with their date.
    let cache = if immutable { "public, no-cache" } else { "no-store" };
    set(headers, header::CACHE_CONTROL, HeaderValue::from_static(cache));
    response
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: HeaderValue) {
    headers.entry(name).or_insert(value);
}
