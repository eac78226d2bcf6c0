//! Between SeaORM's values and SQLite's.
//!
//! SQLite knows integers, numbers, texts and bytes; a column's declared type says what they stand for, and the table's
//! entity how wide an integer is. An expression has neither: its integers are 64 bits wide.

use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        LazyLock,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use rusqlite::{
    CachedStatement, Column, ColumnMetadata, Connection, Statement as Prepared, StatementStatus, ToSql,
    types::{ToSqlOutput, Value as Owned, ValueRef},
};
use sea_orm::{DbErr, ProxyExecResult, ProxyRow, RuntimeErr, Statement, Value};

use serde::de::DeserializeOwned;

use super::{
    super::{cells, entity::narrow_columns},
    failure::executing,
};

/// What statements have cost SQLite so far, whatever the machine: for figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// Instructions of SQLite's own machine.
    pub steps: u64,
    /// Rows through which it has walked, because no index led to those that were wanted.
    pub walked: u64,
}

static STEPS: AtomicU64 = AtomicU64::new(0);
static WALKED: AtomicU64 = AtomicU64::new(0);

impl Effort {
    /// That of this process.
    #[must_use]
    pub fn so_far() -> Self {
        Self { steps: STEPS.load(Relaxed), walked: WALKED.load(Relaxed) }
    }

    /// Adds what a statement has cost that has just been run.
    fn add(prepared: &Prepared<'_>) {
        let cost = |what| u64::try_from(prepared.reset_status(what)).unwrap_or(0);
        STEPS.fetch_add(cost(StatementStatus::VmStep), Relaxed);
        WALKED.fetch_add(cost(StatementStatus::FullscanStep), Relaxed);
    }
}

/// What a column's values stand for.
#[derive(Clone, Copy)]
enum Kind {
    Boolean,
    /// Of 32 bits.
    Narrow,
    /// Of 64 bits.
    Wide,
    Uuid,
    Other,
}

impl Kind {
    fn of(column: &Column<'_>, origin: &ColumnMetadata<'_>) -> Self {
        let is = |name: &str| column.decl_type().is_some_and(|declared| declared.eq_ignore_ascii_case(name));
        if is("boolean") {
            Self::Boolean
        } else if is("uuid_text") {
            Self::Uuid
        } else if is("integer") {
            match (origin.table_name(), origin.origin_name()) {
                (Some(table), Some(name)) if NARROW.contains(&(table, name)) => Self::Narrow,
                _ => Self::Wide,
            }
        } else {
            Self::Other
        }
    }
}

static NARROW: LazyLock<HashSet<(&str, &str)>> = LazyLock::new(narrow_columns);

/// A value on its way to SQLite; texts and bytes are lent.
struct Bound<'a>(&'a Value);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let integer = |value: i64| Ok(ToSqlOutput::Owned(Owned::Integer(value)));
        let lent = |value| Ok(ToSqlOutput::Borrowed(value));
        match self.0 {
            Value::Bool(Some(value)) => integer(i64::from(*value)),
            Value::TinyInt(Some(value)) => integer(i64::from(*value)),
            Value::SmallInt(Some(value)) => integer(i64::from(*value)),
            Value::Int(Some(value)) => integer(i64::from(*value)),
            Value::BigInt(Some(value)) => integer(*value),
            Value::TinyUnsigned(Some(value)) => integer(i64::from(*value)),
            Value::SmallUnsigned(Some(value)) => integer(i64::from(*value)),
            Value::Unsigned(Some(value)) => integer(i64::from(*value)),
            // LIMIT and OFFSET.
            Value::BigUnsigned(Some(value)) => integer(i64::try_from(*value).unwrap_or(i64::MAX)),
            Value::Double(Some(value)) => Ok(ToSqlOutput::Owned(Owned::Real(*value))),
            Value::String(Some(value)) => lent(ValueRef::Text(value.as_bytes())),
            Value::Bytes(Some(value)) => lent(ValueRef::Blob(value)),
            Value::Uuid(Some(value)) => lent(ValueRef::Blob(value.as_bytes())),
            Value::Bool(None)
            | Value::TinyInt(None)
            | Value::SmallInt(None)
            | Value::Int(None)
            | Value::BigInt(None)
            | Value::TinyUnsigned(None)
            | Value::SmallUnsigned(None)
            | Value::Unsigned(None)
            | Value::BigUnsigned(None)
            | Value::Double(None)
            | Value::String(None)
            | Value::Bytes(None)
            | Value::Uuid(None) => lent(ValueRef::Null),
            other => Err(rusqlite::Error::ToSqlConversionFailure(format!("{other:?} has no form in SQLite").into())),
        }
    }
}

/// A value on its way back; `None` if the column's declared type promised something else.
fn value(stored: ValueRef<'_>, kind: Kind) -> Option<Value> {
    Some(match (stored, kind) {
        (ValueRef::Null, Kind::Boolean) => Value::Bool(None),
        (ValueRef::Null, Kind::Narrow) => Value::Int(None),
        (ValueRef::Null, Kind::Wide) => Value::BigInt(None),
        (ValueRef::Null, Kind::Uuid) => Value::Uuid(None),
        (ValueRef::Null, Kind::Other) => Value::String(None),
        (ValueRef::Integer(value), Kind::Boolean) => Value::Bool(Some(value != 0)),
        (ValueRef::Integer(value), Kind::Narrow) => Value::Int(Some(i32::try_from(value).ok()?)),
        (ValueRef::Integer(value), Kind::Wide | Kind::Other) => Value::BigInt(Some(value)),
        (ValueRef::Real(value), Kind::Other) => Value::Double(Some(value)),
        (ValueRef::Text(text), Kind::Other) => Value::String(Some(std::str::from_utf8(text).ok()?.to_owned())),
        (ValueRef::Blob(bytes), Kind::Uuid) => Value::Uuid(Some(uuid::Uuid::from_slice(bytes).ok()?)),
        (ValueRef::Blob(bytes), Kind::Other) => Value::Bytes(Some(bytes.to_vec())),
        _ => return None,
    })
}

fn prepare<'a>(connection: &'a Connection, statement: &Statement) -> Result<CachedStatement<'a>, DbErr> {
    let mut prepared = connection.prepare_cached(&statement.sql).map_err(executing)?;
    bind(&mut prepared, statement).map_err(executing)?;
    Ok(prepared)
}

fn bind(prepared: &mut Prepared<'_>, statement: &Statement) -> rusqlite::Result<()> {
    let values = statement.values.iter().flat_map(|values| &values.0);
    for (at, value) in values.enumerate() {
        prepared.raw_bind_parameter(at + 1, Bound(value))?;
    }
    Ok(())
}

/// Runs a statement whose rows, if it returns any, nobody wants.
pub(super) fn execute(connection: &Connection, statement: &Statement) -> Result<ProxyExecResult, DbErr> {
    let mut prepared = prepare(connection, statement)?;
    let changed = if prepared.column_count() == 0 {
        prepared.raw_execute().map_err(executing)?
    } else {
        let mut rows = prepared.raw_query();
        let mut count = 0;
        while rows.next().map_err(executing)?.is_some() {
            count += 1;
        }
        drop(rows);
        count
    };
    Effort::add(&prepared);
    Ok(ProxyExecResult::new(0, changed as u64))
}

/// Runs several statements without values.
pub(super) fn execute_batch(connection: &Connection, sql: &str) -> Result<ProxyExecResult, DbErr> {
    connection.execute_batch(sql).map_err(executing)?;
    Ok(ProxyExecResult::new(0, connection.changes()))
}

/// What a statement's rows consist of, by name: where it stands, and what it holds.
fn columns(prepared: &Prepared<'_>) -> Vec<(String, usize, Kind)> {
    let columns = prepared.columns();
    let origins = prepared.columns_with_metadata();
    let both = columns.iter().zip(&origins).enumerate();
    let mut columns: Vec<_> =
        both.map(|(at, (column, origin))| (column.name().to_owned(), at, Kind::of(column, origin))).collect();
    // A map is soon made of what is in its order already, for each row.
    columns.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    columns
}

/// Every row that a statement returns, read by the positions of its columns ([`Rows::rows`](super::super::Rows::rows)).
pub(super) fn read<R: DeserializeOwned>(
    connection: &Connection,
    statement: &Statement,
) -> Result<Vec<Option<R>>, DbErr> {
    let mut prepared = prepare(connection, statement)?;
    let mut rows = prepared.raw_query();
    let mut results = Vec::new();
    while let Some(row) = rows.next().map_err(executing)? {
        results.push(cells::read(row)?);
    }
    drop(rows);
    Effort::add(&prepared);
    Ok(results)
}

/// Every row that a statement returns, by the names of its columns.
pub(super) fn query(connection: &Connection, statement: &Statement) -> Result<Vec<ProxyRow>, DbErr> {
    let mut prepared = prepare(connection, statement)?;
    let columns = columns(&prepared);
    let mut rows = prepared.raw_query();
    let mut results = Vec::new();
    while let Some(row) = rows.next().map_err(executing)? {
        let values = columns.iter().map(|(name, at, kind)| {
            let value = value(row.get_ref(*at).map_err(executing)?, *kind).ok_or_else(|| {
                DbErr::Query(RuntimeErr::Internal(format!("column {name} holds what it cannot hold")))
            })?;
            Ok((name.clone(), value))
        });
        results.push(ProxyRow::new(values.collect::<Result<BTreeMap<_, _>, DbErr>>()?));
    }
    drop(rows);
    Effort::add(&prepared);
    Ok(results)
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus::{RePrepare, Run};
    use sea_orm::DbBackend;

    use super::{super::Location, *};

    #[test]
    fn a_statement_is_prepared_once_whatever_its_values() {
        let folder = tempfile::tempdir().unwrap();
        let connection = Location::new(folder.path().join("things.db").to_str().unwrap()).create().unwrap();
        connection.execute_batch("CREATE TABLE thing (id integer PRIMARY KEY, name text)").unwrap();
        let sql = "SELECT id FROM thing WHERE id > ? ORDER BY id LIMIT ?";
        for most in 1..4_u64 {
            let values = [most.into(), most.into()];
            query(&connection, &Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).unwrap();
        }
        let prepared = connection.prepare_cached(sql).unwrap();
        assert_eq!((prepared.get_status(Run), prepared.get_status(RePrepare)), (3, 0));
    }
}
