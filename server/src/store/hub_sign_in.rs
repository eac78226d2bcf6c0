//! Sign-ins to the hub whose password was right, and that wait for the code of the second factor, by the hash of the cookie's
//! value. They are no sessions: nothing but the code is taken in them.

use domain::{Timestamp, limit};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::{ExprTrait as _, SimpleExpr},
};

use super::{
    Work,
    administrator::{self, Administrator},
    entity::hub_sign_in::{Column, Entity, Model},
    ids::AdministratorId,
    row,
};
use crate::{access::secret::fingerprint, store::Trouble};

/// Whoever waits, if it has not taken too long, they may sign in and their password is still the one that was right.
///
/// # Errors
/// If the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    now: Timestamp,
    token_hash: &str,
) -> Result<Option<Administrator>, Trouble> {
    let found = Entity::find_by_id(token_hash).filter(is_over(now).not()).one(db).await?;
    let Some(Model { administrator_id, password, .. }) = found else { return Ok(None) };
    let whose = administrator::admitted(db, administrator_id).await?;
    Ok(whose.filter(|whose| proof(whose) == password))
}

/// Begins one.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, token_hash: String, of: &Administrator, now: Timestamp) -> Result<(), DbErr> {
    let row = Model { token_hash, administrator_id: of.id, password: proof(of), created_at: now.0 };
    row::add::<Entity>(&**work, row).await
}

/// Ends one. Returns whether it was there.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, token_hash: &str) -> Result<bool, DbErr> {
    let ended = Entity::delete_by_id(token_hash).exec(&**work).await?;
    Ok(ended.rows_affected > 0)
}

/// Ends every one of an administrator.
///
/// # Errors
/// If the database fails.
pub async fn delete_all_of(work: &Work, administrator: AdministratorId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AdministratorId.eq(administrator)).exec(&**work).await.map(drop)
}

/// Deletes those that have taken too long.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(is_over(now)).exec(&**work).await.map(drop)
}

/// By what the password is known that was right.
fn proof(of: &Administrator) -> String {
    fingerprint(of.password_hash.as_deref().unwrap_or_default())
}

fn is_over(now: Timestamp) -> SimpleExpr {
    Column::CreatedAt.lte(now.plus(-limit::SIGN_IN_CODE).0)
}
