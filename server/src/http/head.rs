//! How large the head of a request may be. What is larger than [`super::listener`] reads at all is refused there, before it is
//! known what is asked for.

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// In bytes: of the address, and of all names and values.
const MOST: usize = 32 << 10;

/// Refuses a head that is larger.
pub async fn small_enough(request: Request, next: Next) -> Response {
    let fields = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    if request.uri().to_string().len() + fields.sum::<usize>() > MOST {
        let why = "The head of a request may have 32 KiB.\n";
        return (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, why).into_response();
    }
    next.run(request).await
}
