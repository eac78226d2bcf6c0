//! Access tokens of the REST API: shown once, stored hashed, looked up with every call and so revoked at once.

use domain::{Fault, Permission, Permissions, Timestamp, limit, subscriber::identifying};
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
};
use uuid::Uuid;

use crate::{
    access::secret::fingerprint,
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{Store, entity::api_token},
};

/// Whether a token still works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It does.
    Valid,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

/// Whether a token works at that time.
#[must_use]
pub fn standing(token: &api_token::Model, now: Timestamp) -> Standing {
    match (token.revoked_at, token.expires_at) {
        (Some(_), _) => Standing::Revoked,
        (None, Some(expires_at)) if expires_at <= now.0 => Standing::Expired,
        (None, _) => Standing::Valid,
    }
}

/// What a token allows. A scope that this version does not know allows nothing.
#[must_use]
pub fn permissions(token: &api_token::Model) -> Permissions {
    token.scopes.split_whitespace().filter_map(Permission::of_scope).collect()
}

/// Adds a token that works for `lifetime` milliseconds, or until it is revoked. Returns it; it cannot be shown again.
///
/// # Errors
/// [`Fault::InvalidParameter`] for what no token can have or a name with characters that nobody sees, [`Fault::MissingParameter`] without
/// a name or any permission, [`Fault::InvalidParameterSize`] for a name that is too long, or a database error.
pub async fn add(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    name: &str,
    permissions: Permissions,
    lifetime: Option<i64>,
) -> Result<String, Trouble> {
    let name = identifying(name, limit::TOKEN_NAME)?;
    if permissions.is_empty() {
        return Err(Fault::MissingParameter.into());
    }
    if permissions.iter().any(|permission| permission.scope().is_none()) {
        return Err(Fault::InvalidParameter.into());
    }
    let scopes = permissions.scopes().collect::<Vec<_>>().join(" ");
    let token = environment.token();
    let now = environment.now();
    let id = environment.id();
    let work = store.work().await?;
    api_token::ActiveModel {
        id: Set(id),
        partner_id: Set(partner),
        name: Set(name.to_owned()),
        token_hash: Set(fingerprint(&token)),
        scopes: Set(scopes.clone()),
        created_at: Set(now.0),
        expires_at: Set(lifetime.map(|lifetime| now.plus(lifetime).0)),
        revoked_at: Set(None),
        used_at: Set(None),
    }
    .insert(&*work)
    .await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "token_created", token = %id, %partner, scopes);
    Ok(token)
}

/// A partner's tokens, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn list(store: &Store, partner: Uuid) -> Result<Vec<api_token::Model>, Trouble> {
    let of_partner = api_token::Entity::find().filter(api_token::Column::PartnerId.eq(partner));
    Ok(of_partner.order_by_asc(api_token::Column::Id).all(store.read()).await?)
}

/// At most `limit` of a partner's tokens, the newest first, below the one with that id.
///
/// # Errors
/// If the database fails.
pub async fn page(
    store: &Store,
    partner: Uuid,
    below: Option<Uuid>,
    limit: u64,
) -> Result<Vec<api_token::Model>, Trouble> {
    let of_partner = api_token::Entity::find().filter(api_token::Column::PartnerId.eq(partner));
    let below = of_partner.apply_if(below, |tokens, below| tokens.filter(api_token::Column::Id.lt(below)));
    Ok(below.order_by_desc(api_token::Column::Id).limit(limit).all(store.read()).await?)
}

/// Revokes a partner's token and returns it: the next call with it is refused, on every replica. Doing so again is no
/// error.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn revoke(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    id: Uuid,
) -> Result<api_token::Model, Trouble> {
    let work = store.work().await?;
    let own = api_token::Entity::find_by_id(id).filter(api_token::Column::PartnerId.eq(partner));
    let token = own.lock_exclusive().one(&*work).await?.ok_or(Fault::NotFound)?;
    if token.revoked_at.is_some() {
        work.abandon().await?;
        return Ok(token);
    }
    let mut token = token.into_active_model();
    token.revoked_at = Set(Some(environment.now().0));
    let token = token.update(&*work).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "token_revoked", token = %id, %partner);
    Ok(token)
}
