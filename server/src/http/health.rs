//! `/healthz` (the process), `/readyz` (the database), `/version`.

use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use serde_json::{Value, json};

use crate::backend::Shared;

/// The three addresses.
pub fn router(context: Shared) -> Router {
    Router::new()
        .route("/healthz", get(|| async { Json(json!({ "status": "ok" })) }))
        .route("/readyz", get(ready))
        .route(
            "/version",
            get(|| async { Json(json!({ "name": "flowthrough", "version": env!("CARGO_PKG_VERSION") })) }),
        )
        .with_state(context)
}

async fn ready(State(context): State<Shared>) -> (StatusCode, Json<Value>) {
    match context.store.ping().await {
        Ok(()) => (StatusCode::OK, Json(json!({ "status": "ready" }))),
        Err(error) => {
            tracing::warn!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "the database does not answer" })))
        }
    }
}
