//! Gives every answer its tracking id, by which the log and the person at the telephone find it.

use std::sync::Arc;

use axum::{
    Json,
    body::{Body, HttpBody as _, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::Refusal;
use crate::environment::Environment;

/// The most bytes of what was said in a refusal that is passed on.
const SAID: usize = 500;

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
        response.extensions_mut().insert(refusal.main());
    }
    if let Ok(value) = HeaderValue::from_str(tracking_id) {
        response.headers_mut().entry(TRACKING_ID).or_insert(value);
    }
    response
}

/// Gives whatever else is refused at an address of the API the body that its clients expect: of a method or a host that nobody has,
/// of a head that is too large, after a panic.
pub async fn explain_all(State(environment): State<Environment>, request: Request, next: Next) -> Response {
    let is_for_clients = is_for_clients(request.uri().path());
    let given = request.extensions().get::<TrackingId>().cloned();
    let bare = next.run(request).await;
    let is_refused = bare.status().is_client_error() || bare.status().is_server_error();
    if !is_for_clients || !is_refused || is_json(&bare) {
        return bare;
    }
    let (mut head, said) = bare.into_parts();
    let why = to_bytes(said, SAID).await.ok().and_then(|said| String::from_utf8(said.to_vec()).ok());
    let refusal = Refusal::of_status(head.status, why.as_deref().map(str::trim).unwrap_or_default());
    head.headers.remove(header::CONTENT_TYPE);
    let tracking_id = given.unwrap_or_else(|| TrackingId(environment.id().to_string()));
    let mut explained = explain(Response::from_parts(head, Body::empty()), &refusal, &tracking_id.0);
    if let Ok(value) = HeaderValue::from_str(&tracking_id.0) {
        explained.headers_mut().entry(TRACKING_ID).or_insert(value);
    }
    explained
}

fn is_for_clients(path: &str) -> bool {
    ["/v1", "/adapter"]
        .into_iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

fn is_json(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("application/json"))
}

fn explain(bare: Response, refusal: &Refusal, tracking_id: &str) -> Response {
    let (mut head, body) = bare.into_parts();
    debug_assert!(body.is_end_stream(), "a refusal has no other body");
    let (written, body) = Json(refusal.body(tracking_id)).into_response().into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.extend(written.headers);
    Response::from_parts(head, Body::new(body))
}
