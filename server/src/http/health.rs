//! `/healthz` (the process), `/readyz` (whether it can do its work), `/version`.

use axum::{Json, extract::State, http::StatusCode};
use serde_json::{Map, Value, json};

use super::routes::{Routes, get};
use crate::{
    access::guard::Public,
    readiness::{Failing, Readiness},
};

/// The three addresses.
#[must_use]
pub fn routes() -> Routes<Readiness> {
    Routes::new()
        .route("/healthz", get(async |_: Public| Json(json!({ "status": "ok" }))))
        .route("/readyz", get(ready))
        .route(
            "/version",
            get(async |_: Public| Json(json!({ "name": "flowthrough", "version": env!("CARGO_PKG_VERSION") }))),
        )
}

async fn ready(State(readiness): State<Readiness>, _: Public) -> (StatusCode, Json<Value>) {
    let failing = readiness.failing().await;
    if failing.is_empty() {
        return (StatusCode::OK, Json(json!({ "status": "ready" })));
    }
    let parts: Map<String, Value> =
        failing.into_iter().map(|Failing { part, why }| (part.to_owned(), why.into())).collect();
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not ready", "failing": parts })))
}
