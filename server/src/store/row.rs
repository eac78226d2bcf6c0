//! From what a table holds to what it means.

use domain::Fault;
use sea_orm::sea_query::{SelectStatement, UnionType};
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

/// Names a row in the log that is gone on without.
pub fn leave_out(row: &Unreadable) {
    let Unreadable { table, id, column } = row;
    tracing::error!(event = "row_left_out", table, %id, column, "left out of a list");
}

/// How many of the rows are named that are left out of a sum together.
const NAMED: u64 = 5;

/// Names some of the rows in the log that are left out of a sum: those whose ids the query selects.
pub(super) async fn leave_out_some(
    db: &impl ConnectionTrait,
    mut ids: SelectStatement,
    (table, column): (&'static str, &'static str),
) -> Result<(), DbErr> {
    ids.limit(NAMED);
    for row in db.query_all(&ids).await? {
        leave_out(&Unreadable { table, id: row.try_get("", "id")?, column });
    }
    Ok(())
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
    add_all::<E>(db, &[row]).await
}

/// Writes new rows down, many by one statement.
pub(super) async fn add_all<E>(db: &impl ConnectionTrait, rows: &[E::Model]) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    for part in in_parts(rows) {
        let rows = part.iter().map(|row| row.clone().into_active_model().reset_all());
        E::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The most rows of one statement.
const LONGEST: usize = 128;

/// Parts whose lengths are powers of two, each for one statement: so there are a few texts of these, however many rows, and
/// databases may keep them prepared.
pub(super) fn in_parts<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let power = rows.len().min(LONGEST).checked_ilog2()?;
        let (part, rest) = rows.split_at(1 << power);
        rows = rest;
        Some(part)
    })
}

/// These queries as one, if there is any: the rows of each after those of the one before.
pub(super) fn one_after_the_other(queries: impl IntoIterator<Item = SelectStatement>) -> Option<SelectStatement> {
    let mut queries = queries.into_iter();
    let mut first = queries.next()?;
    first.unions(queries.map(|query| (UnionType::All, query)));
    Some(first)
}

/// Writes down what is `different` of a row, likewise; [`DbErr::RecordNotUpdated`] if it is not there.
pub(super) async fn save<A: ActiveModelTrait>(db: &impl ConnectionTrait, different: A) -> Result<(), DbErr> {
    A::Entity::update(different).exec_without_returning(db).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn however_many_rows_there_are_a_few_lengths_do() {
        for many in 0..1_000 {
            let rows: Vec<_> = (0..many).collect();
            let parts: Vec<_> = in_parts(&rows).collect();
            assert!(parts.iter().all(|part| part.len().is_power_of_two() && part.len() <= LONGEST));
            assert!(parts.len() <= many / LONGEST + 7);
            assert_eq!(parts.concat(), rows);
        }
    }
}
