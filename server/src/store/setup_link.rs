//! One-time links by which partners' first administrators sign up, by the hash of the link's token.

use domain::Timestamp;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    PaginatorTrait as _, QueryFilter as _,
};

use super::{
    Tenant, Work,
    entity::setup_link::{Column, Entity, Model},
    ids::PartnerId,
};

/// A link that works. Only the database makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SetupLink {
    /// For which partner.
    pub partner_id: PartnerId,
    token_hash: String,
}

/// The link with this hash, for whoever has the link, if it still works.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, now: Timestamp, token_hash: &str) -> Result<Option<SetupLink>, DbErr> {
    let found = Entity::find_by_id(token_hash).filter(Column::ExpiresAt.gt(now.0)).one(db).await?;
    Ok(found.map(|row| SetupLink { partner_id: row.partner_id, token_hash: row.token_hash }))
}

/// Uses it up. Returns whether nobody else has.
///
/// # Errors
/// If the database fails.
pub async fn redeem(work: &Work, link: &SetupLink) -> Result<bool, DbErr> {
    let used = Entity::delete_by_id(link.token_hash.as_str()).exec(&**work).await?;
    Ok(used.rows_affected > 0)
}

/// Gives the tenant this link in place of every other.
///
/// # Errors
/// If the database fails.
pub async fn set(work: &Work, tenant: Tenant, token_hash: String, expires_at: Timestamp) -> Result<(), DbErr> {
    delete(work, tenant).await?;
    let row = Model { token_hash, partner_id: tenant.partner(), expires_at: expires_at.0 };
    row.into_active_model().insert(&**work).await.map(drop)
}

/// Forgets the tenant's.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, tenant: Tenant) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::PartnerId.eq(tenant.partner())).exec(&**work).await.map(drop)
}

/// Whether the tenant has one that works for longer than until then.
///
/// # Errors
/// If the database fails.
pub async fn is_there_after(db: &impl ConnectionTrait, tenant: Tenant, at: Timestamp) -> Result<bool, DbErr> {
    let links = Entity::find().filter(Column::PartnerId.eq(tenant.partner()));
    Ok(links.filter(Column::ExpiresAt.gt(at.0)).count(db).await? > 0)
}
