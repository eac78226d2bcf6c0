//! Gives every answer its tracking id, by which the log and the person at the telephone find it.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, HttpBody as _},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::Refusal;
use crate::environment::Environment;

/// The header that carries it.
pub const TRACKING_ID: HeaderName = HeaderName::from_static("trackingid");

/// The tracking id of a call, for who comes after [`track`].
#[derive(Clone)]
pub struct TrackingId(pub String);

/// Adds the `TrackingID` header, unless the answer is an earlier one that has its own, and writes the body of a
/// [`Refusal`].
pub async fn track(State(environment): State<Environment>, mut request: Request, next: Next) -> Response {
    let given = request.extensions().get::<TrackingId>().cloned();
    let tracking_id = given.unwrap_or_else(|| TrackingId(environment.id().to_string()));
    request.extensions_mut().insert(tracking_id.clone());
    let response = next.run(request).await;
    write_out(response, &tracking_id)
}

/// The answer as the client gets it.
pub fn write_out(mut response: Response, TrackingId(tracking_id): &TrackingId) -> Response {
    if let Some(refusal) = response.extensions_mut().remove::<Arc<Refusal>>() {
        if let Some(trouble) = refusal.accident() {
            tracing::error!(%tracking_id, error = %trouble, "a request failed");
        }
        response = explain(response, &refusal, tracking_id);
    }
    if let Ok(value) = HeaderValue::from_str(tracking_id) {
        response.headers_mut().entry(TRACKING_ID).or_insert(value);
    }
    response
}

fn explain(bare: Response, refusal: &Refusal, tracking_id: &str) -> Response {
    let (mut head, body) = bare.into_parts();
    debug_assert!(body.is_end_stream(), "a refusal has no other body");
    let (written, body) = Json(refusal.body(tracking_id)).into_response().into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.extend(written.headers);
    Response::from_parts(head, Body::new(body))
}
