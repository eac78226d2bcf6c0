//! Keys of the server's own, which all replicas share.

use domain::Timestamp;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, sea_query::OnConflict};

use super::{
    Work,
    entity::server_key::{ActiveModel, Column, Entity},
};

/// The key of that name.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    Ok(Entity::find_by_id(name).one(db).await?.map(|key| key.value))
}

/// Writes a key down, unless another replica was faster. Returns the one that is there.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, name: &str, value: String, created_at: Timestamp) -> Result<String, DbErr> {
    let key = ActiveModel { name: Set(name.to_owned()), value: Set(value), created_at: Set(created_at.0) };
    let first = OnConflict::column(Column::Name).do_nothing().to_owned();
    Entity::insert(key).on_conflict(first).exec_without_returning(&**work).await?;
    find(&**work, name).await?.ok_or_else(|| DbErr::RecordNotFound(name.to_owned()))
}
