//! The workspaces in the embedded directory target. To the engine this is an outside system, which knows them by the id that
//! they have outside.

use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, sea_query::OnConflict,
};

pub use super::entity::directory_place::Model as DirectoryPlace;
use super::{
    Work,
    entity::directory_place::{Column, Entity},
    ids::OwnerId,
};

/// The place that is a workspace.
///
/// # Errors
/// If the database fails.
pub async fn find(db: &impl ConnectionTrait, external_id: OwnerId) -> Result<Option<DirectoryPlace>, DbErr> {
    Entity::find().filter(Column::ExternalId.eq(external_id)).one(db).await
}

/// Writes one down as it is now: one that was there keeps its id and its age. Returns it.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, place: DirectoryPlace) -> Result<DirectoryPlace, DbErr> {
    let there = OnConflict::column(Column::ExternalId)
        .update_columns([Column::UserId, Column::DisplayName, Column::PrimaryPhone, Column::Extension])
        .to_owned();
    let row = place.into_active_model().reset_all();
    Entity::insert(row).on_conflict(there).exec_with_returning(&**work).await
}

/// Forgets the place that is a workspace.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, external_id: OwnerId) -> Result<(), DbErr> {
    Entity::delete_many().filter(Column::ExternalId.eq(external_id)).exec(&**work).await.map(drop)
}
