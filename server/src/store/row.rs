//! From what a table holds to what it means.

use domain::Fault;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Iterable as _, QueryTrait as _, Select,
};
use serde::de::DeserializeOwned;

use super::cells::Rows;

pub use super::trouble::Unreadable;

/// The rows that can be read, for lists, the worker and exports; of each other one the log has its id.
pub(super) fn readable<M, R: TryFrom<M, Error = Unreadable>>(rows: Vec<M>) -> Vec<R> {
    rows.into_iter().filter_map(|row| R::try_from(row).inspect_err(leave_out).ok()).collect()
}

/// Every row of a query of an entity that can be read, by the positions of its columns.
pub(super) async fn all<E>(db: &impl Rows, rows: Select<E>) -> Result<Vec<E::Model>, DbErr>
where
    E: EntityTrait,
    E::Model: DeserializeOwned,
{
    Ok(db.rows(rows.build(db.get_database_backend())).await?.into_iter().flatten().collect())
}

fn leave_out(row: &Unreadable) {
    let Unreadable { table, id, column } = row;
    tracing::error!(event = "row_left_out", table, %id, column, "left out of a list");
}

/// The fault that was stored by its code, if one was.
pub(super) fn fault(code: Option<i32>, unreadable: Unreadable) -> Result<Option<Fault>, Unreadable> {
    code.map(|code| Fault::from_code(code.cast_unsigned()).ok_or(unreadable)).transpose()
}

/// The code by which a fault is stored.
pub(super) const fn code(fault: Fault) -> i32 {
    fault.code().cast_signed()
}

/// What has to be written so that a row that was as `before` is as `after`: only the columns that differ, so that nobody
/// undoes what somebody else wrote into another one meanwhile.
pub(super) fn changed<A: ActiveModelTrait>(before: impl Into<A>, after: impl Into<A>) -> A {
    let (mut row, after) = (before.into(), after.into());
    for column in <A::Entity as EntityTrait>::Column::iter() {
        let wanted = after.get(column).into_value();
        if let Some(wanted) = wanted.filter(|wanted| row.get(column).into_value().as_ref() != Some(wanted)) {
            row.set(column, wanted);
        }
    }
    row
}

/// Writes a new row down. SeaORM's own `insert` has the whole row sent back and reads it, which nobody needs who has just made it.
pub(super) async fn add<E>(db: &impl ConnectionTrait, row: E::Model) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    E::insert(row.into_active_model().reset_all()).exec_without_returning(db).await.map(drop)
}

/// Writes down what is `different` of a row, likewise; [`DbErr::RecordNotUpdated`] if it is not there.
pub(super) async fn save<A: ActiveModelTrait>(db: &impl ConnectionTrait, different: A) -> Result<(), DbErr> {
    A::Entity::update(different).exec_without_returning(db).await.map(drop)
}
