//! One-time links by which administrators who were invited choose a password, by the hash of the link's token.

use std::collections::HashSet;

use domain::Timestamp;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
};

use super::{
    Work,
    administrator::{self, Administrator},
    entity::invitation::{Column, Entity, Model},
    ids::AdministratorId,
};
use crate::store::Trouble;

/// A link that works. Only the database makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invitation {
    /// Who was invited.
    pub administrator: Administrator,
    token_hash: String,
}

/// The invitation with this hash, for whoever has the link, if it still works and whoever was invited may sign in.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, now: Timestamp, token_hash: &str) -> Result<Option<Invitation>, Trouble> {
    let found = Entity::find_by_id(token_hash).filter(Column::ExpiresAt.gt(now.0)).one(db).await?;
    let Some(Model { administrator_id, token_hash, .. }) = found else { return Ok(None) };
    let administrator = administrator::admitted(db, administrator_id).await?;
    Ok(administrator.map(|administrator| Invitation { administrator, token_hash }))
}

/// Those of these administrators whose link still works.
///
/// # Errors
/// If the database fails.
pub async fn open(
    db: &impl ConnectionTrait,
    now: Timestamp,
    administrators: &[Administrator],
) -> Result<HashSet<AdministratorId>, DbErr> {
    let whose = administrators.iter().map(|administrator| administrator.id);
    let open = Entity::find().filter(Column::AdministratorId.is_in(whose)).filter(Column::ExpiresAt.gt(now.0));
    let open: Vec<AdministratorId> = open.select_only().column(Column::AdministratorId).into_tuple().all(db).await?;
    Ok(open.into_iter().collect())
}

/// Uses it up. Returns whether nobody else has.
///
/// # Errors
/// If the database fails.
pub async fn redeem(work: &Work, invitation: &Invitation) -> Result<bool, DbErr> {
    let used = Entity::delete_by_id(invitation.token_hash.as_str()).exec(&**work).await?;
    Ok(used.rows_affected > 0)
}

/// Gives an administrator this link in place of every other.
///
/// # Errors
/// If the database fails.
pub async fn set(
    work: &Work,
    administrator: AdministratorId,
    token_hash: String,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    forget(work, administrator).await?;
    let row = Model { token_hash, administrator_id: administrator, expires_at: expires_at.0 };
    row.into_active_model().insert(&**work).await.map(drop)
}

/// Forgets an administrator's.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, administrator: AdministratorId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AdministratorId.eq(administrator)).exec(&**work).await.map(drop)
}

/// Deletes those that have expired.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ExpiresAt.lte(now.0)).exec(&**work).await.map(drop)
}
