//! How large the head of a request may be, and what may stand in it once. What is larger than [`super::listener`] reads at all is refused
//! there, before it is known what is asked for.

use axum::{
    extract::Request,
    http::{HeaderName, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// In bytes: of the address, and of all names and values.
const MOST: usize = 32 << 10;

/// Of two of these a proxy, a log and we may each believe another one (RFC 9110 §5.3); two hosts are refused by [`super::host`].
static ONCE: [HeaderName; 4] =
    [header::AUTHORIZATION, header::CONTENT_TYPE, header::ORIGIN, HeaderName::from_static("idempotency-key")];

/// Refuses a head that says one thing twice.
pub async fn unambiguous(request: Request, next: Next) -> Response {
    let twice = ONCE.iter().find(|name| request.headers().get_all(*name).iter().nth(1).is_some());
    match twice {
        Some(name) => (StatusCode::BAD_REQUEST, format!("A request has one {name}.\n")).into_response(),
        None => next.run(request).await,
    }
}

/// Refuses a head that is larger.
pub async fn small_enough(request: Request, next: Next) -> Response {
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    if request.uri().to_string().len() + fields.sum::<usize>() > MOST {
        let why = "The head of a request may have 32 KiB.\n";
        return (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, why).into_response();
    }
    next.run(request).await
}
