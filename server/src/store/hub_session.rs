//! Who is signed in to the partner hub, by the hash of a cookie's value: whoever has the cookie has no partner yet, the session
//! says which.

use std::collections::HashSet;

use domain::{Timestamp, limit};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QuerySelect as _,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use super::{
    Work,
    administrator::{self, Administrator},
    entity::hub_session::{Column, Entity, Model},
    ids::AdministratorId,
};

/// A signed-in administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HubSession {
    /// Who.
    pub administrator: Administrator,
    /// Last use, as far as it was written down.
    pub seen_at: Timestamp,
}

/// The session whose cookie has this hash, if it has not ended and its administrator may sign in.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, now: Timestamp, token_hash: &str) -> Result<Option<HubSession>, DbErr> {
    let session = Entity::find_by_id(token_hash).filter(has_ended(now).not()).one(db).await?;
    let Some(Model { administrator_id, seen_at, .. }) = session else { return Ok(None) };
    let administrator = administrator::admitted(db, administrator_id).await?;
    Ok(administrator.map(|administrator| HubSession { administrator, seen_at: Timestamp(seen_at) }))
}

/// Which of these, by the hashes of their cookies, [`find`] would find.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    now: Timestamp,
    token_hashes: &[String],
) -> Result<HashSet<String>, DbErr> {
    let there = Entity::find()
        .select_only()
        .column(Column::TokenHash)
        .filter(Column::TokenHash.is_in(token_hashes))
        .filter(has_ended(now).not())
        .filter(Column::AdministratorId.in_subquery(administrator::ids_admitted()));
    let hashes: Vec<String> = there.into_tuple().all(db).await?;
    Ok(hashes.into_iter().collect())
}

/// Begins one.
///
/// # Errors
/// If the database fails.
pub async fn insert(
    work: &Work,
    token_hash: String,
    administrator: AdministratorId,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = Model { token_hash, administrator_id: administrator, created_at: now.0, seen_at: now.0 };
    row.into_active_model().insert(&**work).await.map(drop)
}

/// Writes down that it is being used, if it has not ended meanwhile.
///
/// # Errors
/// If the database fails.
pub async fn note_seen(work: &Work, token_hash: &str, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::SeenAt, now.0.into())
        .filter(Column::TokenHash.eq(token_hash))
        .exec(&**work)
        .await
        .map(drop)
}

/// Ends one. Returns whose it was.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, token_hash: &str) -> Result<Option<AdministratorId>, DbErr> {
    let ended = Entity::delete_by_id(token_hash).exec_with_returning(&**work).await?;
    Ok(ended.map(|session| session.administrator_id))
}

/// Ends every one of an administrator.
///
/// # Errors
/// If the database fails.
pub async fn delete_all_of(work: &Work, administrator: AdministratorId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AdministratorId.eq(administrator)).exec(&**work).await.map(drop)
}

/// Deletes those that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(has_ended(now)).exec(&**work).await.map(drop)
}

/// Whether a session was not used for too long, or lasts too long.
fn has_ended(now: Timestamp) -> SimpleExpr {
    Expr::col(Column::SeenAt)
        .lte(now.plus(-limit::HUB_SESSION_IDLE).0)
        .or(Expr::col(Column::CreatedAt).lte(now.plus(-limit::HUB_SESSION).0))
}
