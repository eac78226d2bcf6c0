//! Lets clients go from a server that is about to stop: whoever asks it again does so over a new connection, which another
//! server may answer.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Version, header},
    middleware::Next,
    response::Response,
};

use crate::readiness::Readiness;

/// Says with each answer of a server that is about to stop that its connection ends (HTTP/2 has a frame for that).
pub async fn close_connections(State(readiness): State<Readiness>, request: Request, next: Next) -> Response {
    let version = request.version();
    let mut response = next.run(request).await;
    if version < Version::HTTP_2 && readiness.is_stopping() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
