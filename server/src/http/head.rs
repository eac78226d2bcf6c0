//! How large the head of a request may be, and what stands in it once. What is larger than [`super::listener`] reads at all is refused
//! there, before it is known what is asked for.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// In bytes: of the address, and of all names and values.
const MOST: usize = 32 << 10;

/// Fields that are no lists (RFC 9110 §5.3): of two, one proxy believes the first and another server the last.
const ONCE: [&str; 3] = ["authorization", "content-type", "idempotency-key"];

/// Refuses a head in which one of these stands twice.
pub async fn unambiguous(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let twice = ONCE.into_iter().find(|name| headers.get_all(*name).iter().nth(1).is_some());
    match twice {
        Some(name) => (StatusCode::BAD_REQUEST, format!("The field {name} stands twice.\n")).into_response(),
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
