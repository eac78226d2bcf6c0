//! From what a table holds to what it means.

use domain::Fault;
use sea_orm::{ActiveModelTrait, EntityTrait, Iterable as _};

pub use crate::fault::Unreadable;

/// The rows that can be read, for lists, the worker and exports; of each other one the log has its id.
pub(super) fn readable<M, R: TryFrom<M, Error = Unreadable>>(rows: Vec<M>) -> Vec<R> {
    rows.into_iter().filter_map(|row| R::try_from(row).inspect_err(leave_out).ok()).collect()
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
