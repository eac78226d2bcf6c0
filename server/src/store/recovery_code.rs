//! The codes that stand in for an administrator's second factor, by their hashes. Each is deleted when it is used.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _,
};

use super::{
    Work,
    entity::recovery_code::{Column, Entity, Model},
    ids::AdministratorId,
};

/// How many an administrator has left.
///
/// # Errors
/// If the database fails.
pub async fn left(db: &impl ConnectionTrait, of: AdministratorId) -> Result<u64, DbErr> {
    Entity::find().filter(Column::AdministratorId.eq(of)).count(db).await
}

/// Gives an administrator these in place of all others.
///
/// # Errors
/// If the database fails.
pub async fn set(work: &Work, of: AdministratorId, hashes: impl IntoIterator<Item = String>) -> Result<(), DbErr> {
    forget(work, of).await?;
    let rows = hashes.into_iter().map(|code_hash| Model { administrator_id: of, code_hash }.into_active_model());
    Entity::insert_many(rows).exec_without_returning(&**work).await.map(drop)
}

/// Uses one up. Returns whether it was there.
///
/// # Errors
/// If the database fails.
pub async fn redeem(work: &Work, of: AdministratorId, hash: String) -> Result<bool, DbErr> {
    let used = Entity::delete_by_id((of, hash)).exec(&**work).await?;
    Ok(used.rows_affected > 0)
}

/// Forgets an administrator's.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, of: AdministratorId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AdministratorId.eq(of)).exec(&**work).await.map(drop)
}
