//! Who calls, and what the token allows.
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
use domain::{Fault, Network, Timestamp, permission::Access, timestamp::MINUTE};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{ApiState, Refusal};
use crate::{
    access::{
        guard::{Guard, Needs},
        secret::fingerprint,
        tokens::{self, Standing},
    },
    fault::interruption,
    log::SECURITY,
    store::{Actor, Tenant, entity::api_token},
};

/// Named in challenges.
pub(super) const REALM: &str = "flowthrough";
/// A client whose token allows `S`. Every query begins with its partner.
pub struct Client<S> {
    /// What the token sees.
    pub partner: Uuid,
    /// On whose behalf it asks.
    pub tenant: Tenant,
    /// Its token's id.
    pub token: Uuid,
    /// Who it is, for the history.
    pub actor: Actor,
    permission: PhantomData<S>,
}

impl<S: Needs> Guard for Client<S> {
    const ACCESS: Access = Access::Needs(S::PERMISSION);
}

impl<S: Needs> FromRequestParts<ApiState> for Client<S> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let Some(token) = parts.extensions.get::<Token>() else {
            let parameters = bearer(&parts.headers).map_or("", |_| ", error=\"invalid_token\"");
            return Err(Refusal::challenge(Fault::Unauthorized, parameters));
        };
        if !tokens::permissions(token).allow(S::PERMISSION) {
            let network = network(&parts.extensions);
            let (scope, id) = (S::PERMISSION.scope().unwrap_or_default(), token.id);
            tracing::info!(target: SECURITY, event = "scope_missing", token = %id, scope, %network, "refused");
            let parameters = format!(", error=\"insufficient_scope\", scope=\"{scope}\"");
            return Err(Refusal::challenge(Fault::ScopeMissing, &parameters));
        }
        note_use(state, token, state.environment.now()).await?;
        Ok(Self {
            tenant: Tenant::of_token(token),
            partner: token.partner_id,
            token: token.id,
            actor: Actor::Token(token.id),
            permission: PhantomData,
        })
    }
}

/// The valid token of a call, for who comes after [`identify`].
pub type Token = Arc<api_token::Model>;

/// Looks up whose call it is, and counts it.
pub async fn identify(State(state): State<ApiState>, mut request: Request, next: Next) -> Result<Response, Refusal> {
    if let Some(bearer) = bearer(request.headers()) {
        let now = state.environment.now();
        let token = api_token::Entity::find()
            .filter(api_token::Column::TokenHash.eq(fingerprint(bearer)))
            .one(state.store.read())
            .await?;
        if let Some(token) = token.as_ref().filter(|token| tokens::standing(token, now) != Standing::Valid) {
            let network = network(request.extensions());
            tracing::info!(target: SECURITY, event = "token_refused", token = %token.id, %network, "no longer valid");
        }
        if let Some(token) = token.filter(|token| tokens::standing(token, now) == Standing::Valid) {
            state.rate.admit(&state.store, now, token.id).await?;
            request.extensions_mut().insert(Token::new(token));
        }
    }
    Ok(next.run(request).await)
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
async fn note_use(state: &ApiState, token: &api_token::Model, now: Timestamp) -> Result<(), Refusal> {
    if token.used_at.is_some_and(|used_at| (0..MINUTE).contains(&now.since(Timestamp(used_at)))) {
        return Ok(());
    }
    match note(state, token, now).await {
        // Whoever only reads need not wait until the database can be written again.
        Err(error) if interruption(&error).is_some() => Ok(()),
        noted => Ok(noted?),
    }
}

async fn note(state: &ApiState, token: &api_token::Model, now: Timestamp) -> Result<(), DbErr> {
    let work = state.store.in_passing().work().await?;
    api_token::Entity::update_many()
        .col_expr(api_token::Column::UsedAt, now.0.into())
        .filter(api_token::Column::Id.eq(token.id))
        .exec(&*work)
        .await?;
    work.commit().await
}
