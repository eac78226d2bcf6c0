//! The second factors of administrators, and those that are being set up: one an administrator.

use std::collections::HashSet;

use domain::{Timestamp, limit};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _, QueryFilter as _,
    QuerySelect as _, sea_query::OnConflict,
};

use super::{
    Administrator, Work,
    entity::second_factor::{Column, Entity, Model},
    ids::AdministratorId,
};

/// A second factor, or one that is being set up.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecondFactor {
    /// What its codes are made of, encrypted.
    pub secret: String,
    /// Since when it counts; nothing until its first code was entered.
    pub confirmed_at: Option<Timestamp>,
}

/// An administrator's, or the one that they are setting up: unless that has taken too long.
///
/// # Errors
/// If the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    of: AdministratorId,
    now: Timestamp,
) -> Result<Option<SecondFactor>, DbErr> {
    let found = Entity::find_by_id(of).one(db).await?;
    let found = found.filter(|row| row.confirmed_at.is_some() || row.created_at > oldest(now));
    Ok(found.map(|row| SecondFactor { secret: row.secret, confirmed_at: row.confirmed_at.map(Timestamp) }))
}

/// Whether an administrator has one that counts.
///
/// # Errors
/// If the database fails.
pub(super) async fn counts(db: &impl ConnectionTrait, whose: AdministratorId) -> Result<bool, DbErr> {
    let own = Entity::find_by_id(whose).filter(Column::ConfirmedAt.is_not_null());
    Ok(own.one(db).await?.is_some())
}

/// Which of these administrators have one that counts.
///
/// # Errors
/// If the database fails.
pub async fn some(
    db: &impl ConnectionTrait,
    administrators: &[Administrator],
) -> Result<HashSet<AdministratorId>, DbErr> {
    let ids = administrators.iter().map(|one| one.id);
    let with = Entity::find().select_only().column(Column::AdministratorId).filter(Column::AdministratorId.is_in(ids));
    let with: Vec<AdministratorId> = with.filter(Column::ConfirmedAt.is_not_null()).into_tuple().all(db).await?;
    Ok(with.into_iter().collect())
}

/// Begins to set one up, in place of one that was begun before. Returns whether there is none that counts.
///
/// # Errors
/// If the database fails.
pub async fn begin(work: &Work, of: &Administrator, secret: String, now: Timestamp) -> Result<bool, DbErr> {
    let row = Model { administrator_id: of.id, secret, created_at: now.0, confirmed_at: None, used_until: 0 };
    let mut instead = OnConflict::column(Column::AdministratorId);
    let instead = instead.update_columns([Column::Secret, Column::CreatedAt]);
    let written = Entity::insert(row.into_active_model())
        .on_conflict(instead.action_and_where(Column::ConfirmedAt.is_null()).to_owned())
        .exec_without_returning(&**work)
        .await?;
    Ok(written > 0)
}

/// Lets the one count that was being set up, its code of this moment used. Returns whether nobody has done anything else.
///
/// # Errors
/// If the database fails.
pub async fn confirm(
    work: &Work,
    of: AdministratorId,
    known: &SecondFactor,
    now: Timestamp,
    used: Timestamp,
) -> Result<bool, DbErr> {
    let confirmed = Entity::update_many()
        .col_expr(Column::ConfirmedAt, now.0.into())
        .col_expr(Column::UsedUntil, used.0.into())
        .filter(Column::AdministratorId.eq(of))
        .filter(Column::ConfirmedAt.is_null())
        .filter(Column::Secret.eq(&*known.secret))
        .exec(&**work)
        .await?;
    Ok(confirmed.rows_affected > 0)
}

/// Uses the code of that moment up. Returns whether neither it nor a later one was used before.
///
/// # Errors
/// If the database fails.
pub async fn spend(work: &Work, of: AdministratorId, code: Timestamp) -> Result<bool, DbErr> {
    let spent = Entity::update_many()
        .col_expr(Column::UsedUntil, code.0.into())
        .filter(Column::AdministratorId.eq(of))
        .filter(Column::ConfirmedAt.is_not_null())
        .filter(Column::UsedUntil.lt(code.0))
        .exec(&**work)
        .await?;
    Ok(spent.rows_affected > 0)
}

/// Forgets an administrator's. Returns whether there was one.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, of: AdministratorId) -> Result<bool, DbErr> {
    let gone = Entity::delete_by_id(of).exec(&**work).await?;
    Ok(gone.rows_affected > 0)
}

/// Deletes those that nobody has gone on setting up.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    let given_up = Entity::delete_many().filter(Column::ConfirmedAt.is_null());
    given_up.filter(Column::CreatedAt.lte(oldest(now))).exec(&**work).await.map(drop)
}

/// What was begun then or earlier is given up.
const fn oldest(now: Timestamp) -> i64 {
    now.plus(-limit::FACTOR_SET_UP).0
}
