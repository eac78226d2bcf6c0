//! The REST API, `/v1`: the vendor's published provisioning API, so that clients written for it work unchanged.
//!
//! One file per endpoint. A handler says who may ask in its signature ([`Client`]), parses, calls one use case and
//! shows the outcome; it holds no rule. Whatever is refused becomes a [`Refusal`], which [`tracking`] writes out.

pub(super) mod address;
mod audit;
mod billing;
pub(super) mod body;
mod client;
mod deep;
mod document;
mod enterprises;
mod error;
mod filter;
mod idempotency;
mod named;
mod names;
pub mod overview;
mod paging;
mod query;
mod refusal;
mod schema;
pub(super) mod subscribers;
pub(super) mod tracking;
mod webhooks;
mod workspaces;

use std::sync::Arc;

use axum::{Router, extract::DefaultBodyLimit, middleware, routing::any};
use domain::Fault;

use client::Client;
pub use idempotency::sweep;
pub(super) use refusal::Refusal;

use super::{
    pace,
    routes::{Routes, get, post},
};
use crate::{
    access::{
        code_keys::CodeKeys,
        guard::{
            AuditRead, BillingRead, BillingWrite, Public, UsersRead as Read, UsersWrite as Write,
            WorkspacesRead as PlacesRead, WorkspacesWrite as PlacesWrite,
        },
        rate::Rate,
    },
    directory_sync::Directories,
    environment::Environment,
    store::Store,
    webhooks::Sender,
};

/// The most that a call may send, in bytes.
const BODY: usize = 1 << 20;
/// The most that a bulk job may be, in bytes.
const BULK_BODY: usize = 16 << 20;

/// What the API works with.
#[derive(Clone)]
pub struct ApiState {
    /// The database.
    pub store: Store,
    /// Time and randomness.
    pub environment: Environment,
    /// Under which address clients reach the server, without a slash at the end: for the links between pages of a list.
    pub public_url: Arc<str>,
    /// How many calls a token may make.
    pub rate: Rate,
    /// Where webhooks may lead.
    pub webhooks: Sender,
    /// Who is in an enterprise.
    pub directories: Directories,
    /// Under what secrets are kept, and what addresses of billing reports are signed with.
    pub code_keys: CodeKeys,
}

/// `/v1` and everything below it.
#[must_use]
pub fn routes() -> Routes<ApiState> {
    below(calls().and(description()))
}

/// What describes it.
#[must_use]
pub fn description<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    Routes::new().route("/openapi.json", get(document::openapi)).route("/docs", get(document::page))
}

fn below(routes: Routes<ApiState>) -> Routes<ApiState> {
    routes
        .with(|router| {
            router.fallback(unknown).method_not_allowed_fallback(async || Refusal::from(Fault::MethodNotAllowed))
        })
        .below("/v1")
        .with(nothing_above)
}

fn calls() -> Routes<ApiState> {
    Routes::new()
        .route("/adminAudit/events", get(audit::events))
        .route("/broadworks/billing/reports", get(billing::list).post(billing::create))
        .route("/broadworks/billing/reports/{id}", get(billing::read).delete(billing::remove))
        .route("/broadworks/billing/reports/{id}/csv", get(billing::download))
        .route("/broadworks/enterprises", get(enterprises::list))
        .route(
            "/broadworks/enterprises/{id}/broadworksDirectorySync",
            get(enterprises::directory_sync::read)
                .put(enterprises::directory_sync::switch)
                .post(enterprises::directory_sync::start),
        )
        .route(
            "/broadworks/enterprises/{id}/broadworksDirectorySync/externalUser",
            post(enterprises::directory_sync::user),
        )
        .route("/broadworks/overview", get(overview::overview))
        .route("/broadworks/subscribers", get(subscribers::list).post(subscribers::create))
        .route("/broadworks/subscribers/bulk", post(subscribers::bulk::begin).body_limit(BULK_BODY))
        .route("/broadworks/subscribers/bulk/{job}", get(subscribers::bulk::read))
        .route("/broadworks/subscribers/bulk/{job}/rows", get(subscribers::bulk::rows))
        .route("/broadworks/subscribers/validate", post(subscribers::validate))
        .route(
            "/broadworks/subscribers/{id}",
            get(subscribers::read).put(subscribers::update).delete(subscribers::remove),
        )
        .route("/broadworks/subscribers/{id}/retry", post(subscribers::retry))
        .route("/broadworks/subscribers/{id}/history", get(subscribers::history))
        .route("/broadworks/workspaces", get(workspaces::list).post(workspaces::create))
        .route("/broadworks/workspaces/{id}", get(workspaces::read).put(workspaces::update).delete(workspaces::remove))
        .route("/subscribers/{id}/emails/consentMove", post(subscribers::consent_move))
        .route("/webhooks", get(webhooks::list).post(webhooks::add))
        .route("/webhooks/{webhook}", get(webhooks::read).delete(webhooks::remove))
        .route("/webhooks/{webhook}/enable", post(webhooks::enable))
        .route("/webhooks/{webhook}/deliveries", get(webhooks::deliveries))
}

/// The API, with what every call to it goes through; with its description, if that is for everybody.
pub fn router(state: ApiState, described: bool) -> Router {
    let routes = if described { routes() } else { below(calls()) };
    routes
        .router()
        .layer(middleware::from_fn_with_state(state.clone(), idempotency::once))
        .layer(middleware::from_fn_with_state(state.clone(), client::identify))
        .layer(middleware::from_fn(address::readable))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(pace::of_clients))
        .layer(middleware::from_fn_with_state(state.environment.clone(), tracking::track))
        .with_state(state)
}

/// Nesting leaves this one address to others.
#[allow(clippy::disallowed_methods, reason = "there is nothing at this address")]
fn nothing_above(router: Router<ApiState>) -> Router<ApiState> {
    router.route("/v1/", any(unknown))
}

async fn unknown() -> Refusal {
    Fault::UnknownResource.into()
}
