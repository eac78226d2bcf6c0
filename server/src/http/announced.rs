//! A body that is announced to be larger than it may be is refused at once: nothing of it is waited for.

use std::convert::Infallible;

use axum::{
    RequestExt as _,
    body::{Body, Bytes, HttpBody as _},
    extract::Request,
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use futures::stream;

/// Refuses what is announced to be too large, for pages, their forms and their uploads.
pub async fn check(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    if is_too_large(&head) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    next.run(Request::from_parts(head, body)).await
}

/// Whether the head announces more than may be sent there.
pub fn is_too_large(head: &Parts) -> bool {
    let length = head.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    length.zip(most(head)).is_some_and(|(length, most)| length > most)
}

/// The most bytes that may be sent there. What axum knows of it shows in how it limits a body of which nothing is known.
fn most(head: &Parts) -> Option<u64> {
    let unknown = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
    Request::from_parts(head.clone(), unknown).into_limited_body().size_hint().upper()
}

#[cfg(test)]
mod tests {
    use axum::{Router, extract::DefaultBodyLimit, middleware::from_fn};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_announced_to_be_too_large_is_not_waited_for() {
        for (length, status) in [("10", StatusCode::OK), ("11", StatusCode::PAYLOAD_TOO_LARGE)] {
            let routes = Router::new().fallback(async || ()).layer(from_fn(check)).layer(DefaultBodyLimit::max(10));
            let mut request = Request::new(Body::from_stream(stream::pending::<Result<Bytes, Infallible>>()));
            request.headers_mut().insert(header::CONTENT_LENGTH, length.parse().unwrap());
            assert_eq!(routes.oneshot(request).await.unwrap().status(), status, "{length}");
        }
    }
}
