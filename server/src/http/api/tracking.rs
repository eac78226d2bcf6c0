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

const TRACKING_ID: HeaderName = HeaderName::from_static("trackingid");

/// Adds the `TrackingID` header and writes the body of a [`Refusal`].
pub async fn track(State(environment): State<Environment>, request: Request, next: Next) -> Response {
    let tracking_id = environment.id().to_string();
    let mut response = next.run(request).await;
    if let Some(refusal) = response.extensions_mut().remove::<Arc<Refusal>>() {
        if let Some(trouble) = refusal.accident() {
            tracing::error!(%tracking_id, error = %trouble, "a request failed");
        }
        response = explain(response, &refusal, &tracking_id);
    }
    if let Ok(value) = HeaderValue::from_str(&tracking_id) {
        response.headers_mut().insert(TRACKING_ID, value);
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
