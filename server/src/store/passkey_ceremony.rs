//! What browsers were asked to do with passkeys and have not answered, by the hash of what the page shows with its answer: whoever
//! signs in has no partner yet.

use domain::{Timestamp, limit};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _};

use super::{
    Work,
    entity::passkey_ceremony::{Column, Entity, Model},
    row,
};

/// One that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// The hash of the session's cookie in which it was asked; nothing for whoever signs in.
    pub session_hash: Option<String>,
    /// Whether a passkey is to be made, or one that is there to be shown.
    pub adds: bool,
    /// The challenge and what else the answer is compared with.
    pub state: String,
}

/// Begins one.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, token_hash: String, begun: Begun, now: Timestamp) -> Result<(), DbErr> {
    let Begun { session_hash, adds, state } = begun;
    row::add::<Entity>(&**work, Model { token_hash, session_hash, adds, state, created_at: now.0 }).await
}

/// Takes one away: it is answered once. Nothing if it is not there or has taken too long.
///
/// # Errors
/// If the database fails.
pub async fn take(work: &Work, now: Timestamp, token_hash: &str) -> Result<Option<Begun>, DbErr> {
    let taken = Entity::delete_by_id(token_hash).exec_with_returning(&**work).await?;
    let taken = taken.filter(|row| row.created_at > oldest(now));
    Ok(taken.map(|row| Begun { session_hash: row.session_hash, adds: row.adds, state: row.state }))
}

/// Deletes those that have taken too long.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::CreatedAt.lte(oldest(now))).exec(&**work).await.map(drop)
}

/// What was begun then or earlier is over.
const fn oldest(now: Timestamp) -> i64 {
    now.plus(-limit::PASSKEY_CEREMONY).0
}
