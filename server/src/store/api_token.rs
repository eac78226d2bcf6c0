//! Bearer tokens of the REST API.

use domain::{Permission, Permissions, Timestamp};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};

use super::{
    Rows, Tenant, Work,
    entity::api_token::{Column, Entity, Model},
    ids::{ApiTokenId, PartnerId},
    page::{self, Page, Window},
    row,
};

/// A bearer token of the REST API. Only the database makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// Of which partner.
    pub partner_id: PartnerId,
    /// What it is for.
    pub name: String,
    /// What it allows. A scope that this version does not know allows nothing: a later one may have written it.
    pub permissions: Permissions,
    /// When it was created.
    pub created_at: Timestamp,
    /// Until when it works; none: until it is revoked.
    pub expires_at: Option<Timestamp>,
    /// When somebody revoked it.
    pub revoked_at: Option<Timestamp>,
    /// Last use, to the minute.
    pub used_at: Option<Timestamp>,
}

impl From<Model> for ApiToken {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            partner_id: row.partner_id,
            name: row.name,
            permissions: row.scopes.split_whitespace().filter_map(Permission::of_scope).collect(),
            created_at: Timestamp(row.created_at),
            expires_at: row.expires_at.map(Timestamp),
            revoked_at: row.revoked_at.map(Timestamp),
            used_at: row.used_at.map(Timestamp),
        }
    }
}

/// The token with this hash, for whoever has the token.
///
/// # Errors
/// If the database fails.
pub async fn by_hash(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<ApiToken>, DbErr> {
    let found = Entity::find().filter(Column::TokenHash.eq(token_hash)).one(db).await?;
    Ok(found.map(ApiToken::from))
}

/// The tenant's tokens, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn list(db: &impl Rows, tenant: Tenant) -> Result<Vec<ApiToken>, DbErr> {
    let rows = of(tenant).order_by_asc(Column::Id);
    Ok(row::all(db, rows).await?.into_iter().map(ApiToken::from).collect())
}

/// Those of these tokens that are the tenant's.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl Rows,
    tenant: Tenant,
    ids: impl IntoIterator<Item = ApiTokenId>,
) -> Result<Vec<ApiToken>, DbErr> {
    let rows = of(tenant).filter(Column::Id.is_in(ids));
    Ok(row::all(db, rows).await?.into_iter().map(ApiToken::from).collect())
}

/// A part of the tenant's tokens, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn newest_first(
    db: &impl Rows,
    tenant: Tenant,
    window: Window<ApiTokenId>,
) -> Result<Page<ApiToken, ApiTokenId>, DbErr> {
    let id = (Column::Id, |row: &Model| row.id);
    Ok(page::newest_first(db, of(tenant), id, window).await?.map(ApiToken::from))
}

/// Every partner's tokens that work now and end by themselves until then, for an operator; the next to end first.
///
/// # Errors
/// If the database fails.
pub async fn all_ending(db: &impl Rows, now: Timestamp, until: Timestamp) -> Result<Vec<ApiToken>, DbErr> {
    let rows = Entity::find()
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(now.0))
        .filter(Column::ExpiresAt.lte(until.0))
        .order_by_asc(Column::ExpiresAt);
    Ok(row::all(db, rows).await?.into_iter().map(ApiToken::from).collect())
}

/// A new token.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// Its id.
    pub id: ApiTokenId,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the token, hexadecimal.
    pub token_hash: String,
    /// What it allows.
    pub permissions: Permissions,
    /// When it was created.
    pub created_at: Timestamp,
    /// Until when it works; none: until it is revoked.
    pub expires_at: Option<Timestamp>,
}

/// Writes a new one of the tenant's down.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, tenant: Tenant, new: NewApiToken) -> Result<(), DbErr> {
    let row = Model {
        id: new.id,
        partner_id: tenant.partner(),
        name: new.name,
        token_hash: new.token_hash,
        scopes: new.permissions.scopes().collect::<Vec<_>>().join(" "),
        created_at: new.created_at.0,
        expires_at: new.expires_at.map(|at| at.0),
        revoked_at: None,
        used_at: None,
    };
    row.into_active_model().insert(&**work).await.map(drop)
}

/// Writes down that the tenant's token is revoked, from now on unless it is so already. Returns it as it is then.
///
/// # Errors
/// If the database fails.
pub async fn revoke(work: &Work, tenant: Tenant, id: ApiTokenId, now: Timestamp) -> Result<Option<ApiToken>, DbErr> {
    let Some(row) = of(tenant).filter(Column::Id.eq(id)).lock_exclusive().one(&**work).await? else { return Ok(None) };
    if row.revoked_at.is_some() {
        return Ok(Some(row.into()));
    }
    let mut row = row.into_active_model();
    row.revoked_at = sea_orm::ActiveValue::Set(Some(now.0));
    Ok(Some(row.update(&**work).await?.into()))
}

/// Writes down when one was used.
///
/// # Errors
/// If the database fails.
pub async fn note_use(work: &Work, id: ApiTokenId, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many().col_expr(Column::UsedAt, now.0.into()).filter(Column::Id.eq(id)).exec(&**work).await.map(drop)
}

/// The tenant's tokens: where every query but the few above begins.
fn of(tenant: Tenant) -> Select<Entity> {
    Entity::find().filter(Column::PartnerId.eq(tenant.partner()))
}
