//! Access tokens of the REST API: shown once, stored hashed, looked up with every call and so revoked at once.

use domain::Fault;
use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use crate::{
    environment::Environment,
    fault::Trouble,
    secret::fingerprint,
    store::{Store, entity::api_token},
};

/// Reading subscribers (the vendor's name).
pub const READ: &str = "spark-admin:broadworks_subscribers_read";
/// Changing subscribers (the vendor's name).
pub const WRITE: &str = "spark-admin:broadworks_subscribers_write";
/// Reading billing reports (the vendor's name).
pub const BILLING_READ: &str = "spark-admin:broadworks_billing_reports_read";
/// Making and removing billing reports (the vendor's name).
pub const BILLING_WRITE: &str = "spark-admin:broadworks_billing_reports_write";
/// Reading workspaces (the vendor's name; the vendor's API for BroadWorks has no call that needs it).
pub const PLACES_READ: &str = "spark-admin:places_read";
/// Changing workspaces (the vendor's name).
pub const PLACES_WRITE: &str = "spark-admin:places_write";
/// All scopes.
pub const SCOPES: [&str; 6] = [READ, WRITE, BILLING_READ, BILLING_WRITE, PLACES_READ, PLACES_WRITE];

/// Adds a token. Answers it; it cannot be shown again.
///
/// # Errors
/// [`Fault::InvalidParameter`] for an unknown scope, or a database error.
pub async fn add(
    store: &Store,
    environment: &Environment,
    partner: Uuid,
    name: &str,
    scopes: &[String],
    lifetime: Option<i64>,
) -> Result<String, Trouble> {
    if scopes.iter().any(|scope| !SCOPES.contains(&scope.as_str())) {
        return Err(Fault::InvalidParameter.into());
    }
    let token = environment.token();
    let now = environment.now();
    let work = store.work().await?;
    api_token::ActiveModel {
        id: Set(environment.id()),
        partner_id: Set(partner),
        name: Set(name.to_owned()),
        token_hash: Set(fingerprint(&token)),
        scopes: Set(scopes.join(" ")),
        created_at: Set(now.0),
        expires_at: Set(lifetime.map(|lifetime| now.plus(lifetime).0)),
        revoked_at: Set(None),
        used_at: Set(None),
    }
    .insert(&*work)
    .await?;
    work.commit().await?;
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

/// Revokes a partner's token: the next call with it is refused, on every replica. Doing so again is no error.
///
/// # Errors
/// [`Fault::NotFound`] if the partner has none of that id, or a database error.
pub async fn revoke(store: &Store, environment: &Environment, partner: Uuid, id: Uuid) -> Result<(), Trouble> {
    let work = store.work().await?;
    let own = api_token::Entity::find_by_id(id).filter(api_token::Column::PartnerId.eq(partner));
    let token = own.lock_exclusive().one(&*work).await?.ok_or(Fault::NotFound)?;
    if token.revoked_at.is_some() {
        return Ok(());
    }
    let mut token = token.into_active_model();
    token.revoked_at = Set(Some(environment.now().0));
    token.update(&*work).await?;
    Ok(work.commit().await?)
}
