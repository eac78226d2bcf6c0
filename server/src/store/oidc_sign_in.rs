//! Sign-ins by identity providers that were begun and have not come back, by the hash of the cookie's value: whoever has the
//! cookie has no partner yet.

use domain::{Timestamp, limit};
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _, sea_query::SimpleExpr};

use super::{
    Work,
    entity::oidc_sign_in::{Column, Entity, Model},
    row,
};

/// One that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Begun {
    /// By what the provider is named in addresses.
    pub provider: String,
    /// The hash of the session's cookie whose owner proves who they are; nothing for whoever signs in.
    pub session_hash: Option<String>,
    /// The page to read on at.
    pub next: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// Begins one.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, token_hash: String, begun: Begun) -> Result<(), DbErr> {
    let Begun { provider, session_hash, next, created_at } = begun;
    row::add::<Entity>(&**work, Model { token_hash, provider, session_hash, next, created_at: created_at.0 }).await
}

/// Takes one away: it comes back once. Nothing if it is not there or has taken too long.
///
/// # Errors
/// If the database fails.
pub async fn take(work: &Work, now: Timestamp, token_hash: &str) -> Result<Option<Begun>, DbErr> {
    let taken = Entity::delete_by_id(token_hash).exec_with_returning(&**work).await?;
    let begun = taken.map(|row| Begun {
        provider: row.provider,
        session_hash: row.session_hash,
        next: row.next,
        created_at: Timestamp(row.created_at),
    });
    Ok(begun.filter(|begun| begun.created_at > oldest(now)))
}

/// Deletes those that have taken too long.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    let over: SimpleExpr = Column::CreatedAt.lte(oldest(now).0);
    Entity::delete_many().filter(over).exec(&**work).await.map(drop)
}

fn oldest(now: Timestamp) -> Timestamp {
    now.plus(-limit::OIDC_SIGN_IN)
}
