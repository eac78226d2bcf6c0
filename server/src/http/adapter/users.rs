//! `/adapter/<provisioning id>/users`: add, modify and remove a user. Each may be repeated.

use axum::{
    Json,
    extract::{FromRequestParts, Path, State},
    http::{StatusCode, request::Parts},
    response::Response,
};
use domain::{BroadWorksId, Fault, Field, draft::Flaw};

use super::{AdapterState, Refusal, caller::Caller};
use crate::{
    http::api::{
        body::Object,
        subscribers::{remove::removed, subscriber::Subscriber},
    },
    provisioning::flow_through,
    store::{Subscriber as Row, Tenant},
};

/// The BroadWorks user id in an address.
pub struct UserId(BroadWorksId);

impl FromRequestParts<AdapterState> for UserId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &AdapterState) -> Result<Self, Refusal> {
        let named = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((_, written)) = named.map_err(|_| Fault::UnknownResource)?;
        Ok(Self(BroadWorksId::parse(&written).map_err(|fault| vec![Flaw::of(Field::UserId, fault)])?))
    }
}

type Accepted = (StatusCode, Json<Subscriber>);

/// Adds a user, or brings the one who is there up to date.
pub async fn add(State(state): State<AdapterState>, caller: Caller, body: Object) -> Result<Accepted, Refusal> {
    let added = flow_through::add(&state.store, &state.environment, &caller.template, &body.draft()).await?;
    accepted(&state, &caller, added).await
}

/// Changes what the body mentions of a user.
pub async fn modify(
    State(state): State<AdapterState>,
    caller: Caller,
    UserId(user_id): UserId,
    body: Object,
) -> Result<Accepted, Refusal> {
    let (store, environment) = (&state.store, &state.environment);
    let modified = flow_through::modify(store, environment, &caller.template, &user_id, &body.draft()).await?;
    accepted(&state, &caller, modified).await
}

/// Removes a user.
pub async fn remove(
    State(state): State<AdapterState>,
    caller: Caller,
    UserId(user_id): UserId,
) -> Result<Response, Refusal> {
    let removal = flow_through::remove(&state.store, &state.environment, &caller.template, &user_id).await?;
    Ok(removed(removal))
}

/// Durably accepted, not finished.
async fn accepted(state: &AdapterState, caller: &Caller, row: Row) -> Result<Accepted, Refusal> {
    Ok((StatusCode::ACCEPTED, Json(Subscriber::show(&state.store, Tenant::of_template(&caller.template), row).await?)))
}
