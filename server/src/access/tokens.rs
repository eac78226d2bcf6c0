//! Access tokens of the REST API: shown once, stored hashed, looked up with every call and so revoked at once.

use domain::{Fault, Permissions, Timestamp, TokenState, audit::Deed, limit, subscriber::identifying};

use crate::{
    access::secret::fingerprint,
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Actor, ApiToken, ApiTokenId, Store, Tenant,
        api_token::{self, NewApiToken},
        audit,
    },
};

/// Whether a token works at that time.
#[must_use]
pub fn state(token: &ApiToken, now: Timestamp) -> TokenState {
    TokenState::of(token.revoked_at, token.expires_at, now)
}

/// As [`add_by`], for an operator.
///
/// # Errors
/// As [`add_by`].
pub async fn add(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    name: &str,
    permissions: Permissions,
    lifetime: Option<i64>,
) -> Result<String, Trouble> {
    add_by(store, environment, (tenant, &Actor::Operator), name, permissions, lifetime).await
}

/// Adds a token that works for `lifetime` milliseconds, or until it is revoked. Returns it; it cannot be shown again.
///
/// # Errors
/// [`Fault::InvalidParameter`] for what no token can have, a lifetime beyond a year or a name with characters that nobody sees, [`Fault::MissingParameter`] without
/// a name or any permission, [`Fault::InvalidParameterSize`] for a name that is too long, or a database error.
pub async fn add_by(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    name: &str,
    permissions: Permissions,
    lifetime: Option<i64>,
) -> Result<String, Trouble> {
    let name = identifying(name, limit::TOKEN_NAME)?;
    if permissions.is_empty() {
        return Err(Fault::MissingParameter.into());
    }
    let is_bounded = lifetime.is_none_or(|lifetime| (1..=limit::TOKEN_LIFETIME).contains(&lifetime));
    if !is_bounded || permissions.iter().any(|permission| permission.scope().is_none()) {
        return Err(Fault::InvalidParameter.into());
    }
    let token = environment.token();
    let (id, now) = (ApiTokenId::from(environment.id()), environment.now());
    let new = NewApiToken {
        id,
        name: name.to_owned(),
        token_hash: fingerprint(&token),
        permissions,
        created_at: now,
        expires_at: lifetime.map(|lifetime| now.plus(lifetime)),
    };
    let work = store.work().await?;
    api_token::insert(&work, tenant, new).await?;
    audit::record(&work, environment, tenant, actor, (Deed::TokenCreated, Some(id.into()))).await?;
    work.commit().await?;
    let (partner, scopes) = (tenant.partner(), permissions.scopes().collect::<Vec<_>>().join(" "));
    tracing::info!(target: SECURITY, event = "token_created", token = %id, %partner, scopes);
    Ok(token)
}

/// As [`revoke_by`], for an operator.
///
/// # Errors
/// As [`revoke_by`].
pub async fn revoke(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    id: ApiTokenId,
) -> Result<ApiToken, Trouble> {
    revoke_by(store, environment, (tenant, &Actor::Operator), id).await
}

/// Revokes a partner's token and returns it: the next call with it is refused, on every replica. Doing so again is no
/// error.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn revoke_by(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    id: ApiTokenId,
) -> Result<ApiToken, Trouble> {
    let (work, now) = (store.work().await?, environment.now());
    let token = api_token::revoke(&work, tenant, id, now).await?.ok_or(Fault::NotFound)?;
    if token.revoked_at == Some(now) {
        audit::record(&work, environment, tenant, actor, (Deed::TokenRevoked, Some(id.into()))).await?;
    }
    work.commit().await?;
    if token.revoked_at == Some(now) {
        tracing::info!(target: SECURITY, event = "token_revoked", token = %id, partner = %tenant.partner());
    }
    Ok(token)
}
