//! The API's guard: whose call it is, and what the token allows.
//!
//! [`identify`] looks the token up, once a call; [`Client`] is an extractor, so that a handler's signature says what the
//! token has to allow.

use std::{marker::PhantomData, sync::Arc};

use app::backend::ClientAddress;
use axum::{
    extract::{FromRequestParts, Request, State},
    http::{Extensions, HeaderMap, header, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::{Fault, Network, Timestamp, TokenState, permission::Access, timestamp::MINUTE};

use super::{ApiState, Refusal, body::Callers};
use crate::{
    access::{
        guard::{Guard, Needs},
        identified::Identified,
        secret::fingerprint,
        tokens,
    },
    log::SECURITY,
    store::{Actor, ApiToken, ApiTokenId, DbErr, Store, Tenant, api_token, interruption},
};

/// A client whose token has the permission `P`. Every query begins with its tenant.
pub struct Client<P> {
    /// On whose behalf it asks.
    pub tenant: Tenant,
    /// Its token's id.
    pub token: ApiTokenId,
    /// Who it is, for the history.
    pub actor: Actor,
    permission: PhantomData<P>,
}

impl<P: Needs> Guard for Client<P> {
    const ACCESS: Access = Access::Needs(P::PERMISSION);
}

impl<P: Needs> FromRequestParts<ApiState> for Client<P> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let Some(token) = parts.extensions.get::<Token>() else {
            return Err(unauthorized(&parts.headers));
        };
        if !token.permissions.allow(P::PERMISSION) {
            let network = network(&parts.extensions);
            let (scope, id) = (P::PERMISSION.scope().unwrap_or_default(), token.id);
            tracing::info!(target: SECURITY, event = "scope_missing", token = %id, scope, %network, "refused");
            let parameters = format!(", error=\"insufficient_scope\", scope=\"{scope}\"");
            return Err(Refusal::challenge(Fault::ScopeMissing, &parameters));
        }
        note_use(state, token, state.environment.now()).await?;
        Identified::note(&parts.extensions, format_args!("token {}", token.id), network(&parts.extensions));
        Ok(Self {
            tenant: Tenant::of_token(token),
            token: token.id,
            actor: Actor::Token(token.id),
            permission: PhantomData,
        })
    }
}

/// The valid token of a call, for who comes after [`identify`].
pub type Token = Arc<ApiToken>;

/// Looks up whose call it is, and counts it.
pub async fn identify(State(state): State<ApiState>, mut request: Request, next: Next) -> Result<Response, Refusal> {
    if let Some(bearer) = bearer(request.headers()) {
        let now = state.environment.now();
        let token = known(&state.store, bearer).await?;
        if let Some(token) = token.as_ref().filter(|token| tokens::state(token, now) != TokenState::Valid) {
            let network = network(request.extensions());
            tracing::info!(target: SECURITY, event = "token_refused", token = %token.id, %network, "no longer valid");
        }
        if let Some(token) = token.filter(|token| tokens::state(token, now) == TokenState::Valid) {
            state.rate.admit(&state.store, now, token.id).await?;
            request.extensions_mut().insert(Token::new(token));
        }
    }
    Ok(next.run(request).await)
}

impl Callers for ApiState {
    async fn look_again(&self, call: Parts) -> Result<(), Refusal> {
        let Some(bearer) = bearer(&call.headers) else { return Ok(()) };
        let token = known(&self.store, bearer).await?;
        let valid = token.filter(|token| tokens::state(token, self.environment.now()) == TokenState::Valid);
        valid.map(drop).ok_or_else(|| unauthorized(&call.headers))
    }
}

async fn known(store: &Store, bearer: &str) -> Result<Option<ApiToken>, DbErr> {
    api_token::by_hash(store.read(), &fingerprint(bearer)).await
}

fn unauthorized(headers: &HeaderMap) -> Refusal {
    let parameters = bearer(headers).map_or("", |_| ", error=\"invalid_token\"");
    Refusal::challenge(Fault::Unauthorized, parameters)
}

/// From where a call came.
fn network(extensions: &Extensions) -> Network {
    extensions.get::<ClientAddress>().map_or(Network::UNKNOWN, |address| address.0)
}

/// The token in `Authorization: Bearer …`; the scheme in any case (RFC 9110 §11.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Writes down when the token was last used, to the minute: not with every call.
async fn note_use(state: &ApiState, token: &ApiToken, now: Timestamp) -> Result<(), Refusal> {
    if token.used_at.is_some_and(|used_at| (0..MINUTE).contains(&now.since(used_at))) {
        return Ok(());
    }
    match note(state, token, now).await {
        // Whoever only reads need not wait until the database can be written again.
        Err(error) if interruption(&error).is_some() => Ok(()),
        noted => Ok(noted?),
    }
}

async fn note(state: &ApiState, token: &ApiToken, now: Timestamp) -> Result<(), DbErr> {
    let work = state.store.in_passing().work().await?;
    api_token::note_use(&work, token.id, now).await?;
    work.commit().await
}
