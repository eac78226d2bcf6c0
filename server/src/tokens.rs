//! Access tokens of the REST API: shown once, stored hashed.

use domain::Fault;
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set};
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
/// All scopes.
pub const SCOPES: [&str; 2] = [READ, WRITE];

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
