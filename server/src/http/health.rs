//! `/healthz` (the process), `/readyz` (whether it can do its work), `/version`.

use axum::{
    Json,
    extract::{FromRef, State},
    http::StatusCode,
};
use serde_json::{Map, Value, json};

use super::routes::{Routes, get};
use crate::{
    access::guard::Public,
    build::Build,
    readiness::{Failing, Readiness},
};

/// What is said of this server. Cheap to clone.
#[derive(Clone)]
pub struct Watched {
    /// Whether it can do its work.
    pub readiness: Readiness,
    /// From what it was built.
    pub build: Build,
}

impl FromRef<Watched> for Readiness {
    fn from_ref(watched: &Watched) -> Self {
        watched.readiness.clone()
    }
}

impl FromRef<Watched> for Build {
    fn from_ref(watched: &Watched) -> Self {
        watched.build
    }
}

/// What whoever watches over a server asks.
#[must_use]
pub fn routes() -> Routes<Watched> {
    Routes::new().route("/healthz", get(async |_: Public| Json(json!({ "status": "ok" })))).route("/readyz", get(ready))
}

/// What it was built from, which an operator may keep to themselves.
#[must_use]
pub fn version() -> Routes<Watched> {
    Routes::new().route("/version", get(async |State(build): State<Build>, _: Public| Json(build.json())))
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
