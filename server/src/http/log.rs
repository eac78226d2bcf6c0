//! A line in the log for each request, and a tracking id for all that is logged about it.

use axum::{
    extract::{MatchedPath, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use tokio::time::Instant;
use tracing::Instrument as _;

use super::api::tracking::{TRACKING_ID, TrackingId};
use crate::environment::Environment;

/// Gives the request its tracking id, and says at `debug` how it was answered. Never the address itself, which holds
/// secrets and people's ids: the route that it leads to.
pub async fn answers(State(environment): State<Environment>, mut request: Request, next: Next) -> Response {
    let tracking_id = TrackingId(environment.id().to_string());
    request.extensions_mut().insert(tracking_id.clone());
    let TrackingId(tracking_id) = tracking_id;
    let method = request.method().clone();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let began = Instant::now();
    let span = tracing::error_span!("request", tracking_id);
    async move {
        let response = next.run(request).await;
        let status = response.status().as_u16();
        let milliseconds = began.elapsed().as_millis();
        // An answer that is told once more keeps the id that it had.
        let repeats =
            response.headers().get(TRACKING_ID).and_then(|id| id.to_str().ok()).filter(|id| *id != tracking_id);
        tracing::debug!(event = "answered", method = name(&method), route, status, milliseconds, repeats, "answered");
        response
    }
    .instrument(span)
    .await
}

/// The method, unless it is one that its sender made up.
fn name(method: &Method) -> &str {
    match *method {
        Method::GET | Method::HEAD | Method::POST | Method::PUT | Method::PATCH | Method::DELETE | Method::OPTIONS => {
            method.as_str()
        }
        _ => "other",
    }
}
