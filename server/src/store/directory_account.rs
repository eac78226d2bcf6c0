//! The accounts in the embedded directory target, one address to one account across all partners. To the engine this is an
//! outside system, which knows subscribers by the id that they have outside.

use domain::EmailAddress;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _,
};

pub use super::entity::directory_account::Model as DirectoryAccount;
use super::{
    Work,
    entity::directory_account::{Column, Entity},
    ids::OwnerId,
    row,
};

/// The account of a subscriber.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, external_id: OwnerId) -> Result<Option<DirectoryAccount>, DbErr> {
    Entity::find().filter(Column::ExternalId.eq(external_id)).one(db).await
}

/// The account with this address, whichever partner's.
///
/// # Errors
/// If the database fails.
pub async fn at(db: &impl ConnectionTrait, email: &EmailAddress) -> Result<Option<DirectoryAccount>, DbErr> {
    Entity::find().filter(Column::EmailKey.eq(email.key())).one(db).await
}

/// Writes a new one down.
///
/// # Errors
/// If the database fails; [`super::is_taken`] if the subscriber has one, or its address.
pub async fn insert(work: &Work, new: DirectoryAccount) -> Result<(), DbErr> {
    row::add::<Entity>(&**work, new).await
}

/// Writes one down as it is now.
///
/// # Errors
/// If the database fails, or it is gone; [`super::is_taken`] if another one has its address.
pub async fn save(work: &Work, account: DirectoryAccount) -> Result<(), DbErr> {
    row::save(&**work, account.into_active_model().reset_all()).await
}

/// Forgets the account of a subscriber.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, external_id: OwnerId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ExternalId.eq(external_id)).exec(&**work).await.map(drop)
}
