//! The flow-through adapter, `/adapter/<provisioning id>`: where BroadWorks says which users a template shall have.
//!
//! The contract is our own (docs/ADAPTER.md): the wire format between BroadWorks and the vendor's adapter is not public.
//! It speaks as the REST API does: the same fields, ids, error body and tracking id.

mod caller;
mod users;

#[cfg(any(test, feature = "fuzzing"))]
pub(super) use caller::basic;

use axum::{Router, extract::DefaultBodyLimit, middleware};
use domain::Fault;

use super::{
    api::{Refusal, address, tracking},
    pace,
    routes::{Routes, post, put},
};
use crate::{access::adapter_accounts::Verifier, environment::Environment, store::Store};

/// The most that a call may send, in bytes.
const BODY: usize = 64 << 10;

/// What the adapter works with.
#[derive(Clone)]
pub struct AdapterState {
    /// The database.
    pub store: Store,
    /// Time and randomness.
    pub environment: Environment,
    /// Verifies credentials.
    pub verifier: Verifier,
}

/// `/adapter` and everything below it.
#[must_use]
pub fn routes() -> Routes<AdapterState> {
    Routes::new()
        .route("/{provisioning_id}/users", post(users::add))
        .route("/{provisioning_id}/users/{user_id}", put(users::modify).delete(users::remove))
        .with(|router| {
            router
                .fallback(async || Refusal::from(Fault::UnknownResource))
                .method_not_allowed_fallback(async || Refusal::from(Fault::MethodNotAllowed))
        })
        .below("/adapter")
}

/// The adapter, with what every call to it goes through.
pub fn router(state: AdapterState) -> Router {
    routes()
        .router()
        .layer(middleware::from_fn(address::readable))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(middleware::from_fn(pace::of_clients))
        .layer(middleware::from_fn_with_state(state.environment.clone(), tracking::track))
        .with_state(state)
}
