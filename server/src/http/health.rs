//! `/healthz` (the process), `/readyz` (whether it can do its work), `/version`.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Map, Value, json};

use crate::readiness::{Failing, Readiness};

/// The three addresses.
pub fn router(readiness: Readiness) -> Router {
    Router::new()
        .route("/healthz", get(|| async { Json(json!({ "status": "ok" })) }))
        .route("/readyz", get(ready))
        .route(
            "/version",
            get(|| async { Json(json!({ "name": "flowthrough", "version": env!("CARGO_PKG_VERSION") })) }),
        )
        .with_state(readiness)
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, Json<Value>) {
    let failing = readiness.failing().await;
    if failing.is_empty() {
        return (StatusCode::OK, Json(json!({ "status": "ready" })));
    }
    let parts: Map<String, Value> =
        failing.into_iter().map(|Failing { part, why }| (part.to_owned(), why.into())).collect();
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not ready", "failing": parts })))
}
