//! Lists that administrators have saved: each their own, by the name that they gave it.

use domain::Timestamp;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, PaginatorTrait as _,
    QueryFilter as _, QueryOrder as _, sea_query::OnConflict,
};

use super::{
    Work,
    entity::saved_view::{Column, Entity, Model},
    ids::AdministratorId,
};

/// A list that was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedView {
    /// What its owner calls it.
    pub name: String,
    /// Where it is in the hub.
    pub address: String,
}

/// An administrator's, by name.
///
/// # Errors
/// If the database fails.
pub async fn of(db: &impl ConnectionTrait, whose: AdministratorId) -> Result<Vec<SavedView>, DbErr> {
    let rows = Entity::find().filter(Column::AdministratorId.eq(whose)).order_by_asc(Column::Name).all(db).await?;
    Ok(rows.into_iter().map(|row| SavedView { name: row.name, address: row.address }).collect())
}

/// How many an administrator has besides the one of this name.
///
/// # Errors
/// If the database fails.
pub async fn others(work: &Work, whose: AdministratorId, name: &str) -> Result<u64, DbErr> {
    Entity::find().filter(Column::AdministratorId.eq(whose)).filter(Column::Name.ne(name)).count(&**work).await
}

/// Saves one, in place of the one of the same name.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, whose: AdministratorId, view: SavedView, now: Timestamp) -> Result<(), DbErr> {
    let SavedView { name, address } = view;
    let row = Model { administrator_id: whose, name, address, created_at: now.0 };
    let mut same = OnConflict::columns([Column::AdministratorId, Column::Name]);
    let same = same.update_columns([Column::Address, Column::CreatedAt]).to_owned();
    Entity::insert(row.into_active_model()).on_conflict(same).exec_without_returning(&**work).await.map(drop)
}

/// Removes the one of this name; none is no error.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, whose: AdministratorId, name: &str) -> Result<(), DbErr> {
    Entity::delete_by_id((whose, name.to_owned())).exec(&**work).await.map(drop)
}

/// Forgets all of an administrator's.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, whose: AdministratorId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::AdministratorId.eq(whose)).exec(&**work).await.map(drop)
}
