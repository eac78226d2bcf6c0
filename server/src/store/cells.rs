//! Rows that are read by the positions of their columns, from either database.
//!
//! SeaORM reads a row by the names of its columns; what comes through its `proxy`, as SQLite's does, is a map of names for each
//! row. Where there are many of them, a row's type is filled from left to right instead, straight from the statement: by serde, whose
//! derive takes the fields in the order in which they are declared, and a query of an entity has its columns in that order.

use std::{any::type_name, fmt};

use rusqlite::types::ValueRef;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, QueryResult, RuntimeErr, Statement, TryGetable,
    sqlx::{Row as _, ValueRef as _},
};
use serde::{
    Deserializer,
    de::{self, DeserializeOwned, DeserializeSeed, SeqAccess, Visitor, value::SeqDeserializer},
    forward_to_deserialize_any,
};
use uuid::Uuid;

use super::driver::Driver;

/// A database that reads so.
pub trait Rows: ConnectionTrait {
    /// Every row that a statement returns; nothing in the place of one in which a cell holds what it cannot: the log has its id.
    ///
    /// # Errors
    /// If the database fails, or the statement's rows are of another type.
    fn rows<R: DeserializeOwned + Send>(
        &self,
        statement: Statement,
    ) -> impl Future<Output = Result<Vec<Option<R>>, DbErr>> + Send;
}

impl<S: Rows, P: Rows> Rows for Driver<S, P> {
    async fn rows<R: DeserializeOwned + Send>(&self, statement: Statement) -> Result<Vec<Option<R>>, DbErr> {
        match self {
            Self::Sqlite(sqlite) => sqlite.rows(statement).await,
            Self::Postgres(postgres) => postgres.rows(statement).await,
        }
    }
}

impl Rows for DatabaseConnection {
    async fn rows<R: DeserializeOwned + Send>(&self, statement: Statement) -> Result<Vec<Option<R>>, DbErr> {
        self.query_all_raw(statement).await?.iter().map(read).collect()
    }
}

impl Rows for DatabaseTransaction {
    async fn rows<R: DeserializeOwned + Send>(&self, statement: Statement) -> Result<Vec<Option<R>>, DbErr> {
        self.query_all_raw(statement).await?.iter().map(read).collect()
    }
}

/// A row.
pub(super) trait Cells {
    fn count(&self) -> usize;
    fn is_null(&self, at: usize) -> bool;
    fn get<T: Cell>(&self, at: usize) -> Option<T>;
}

/// What stands in a row. PostgreSQL knows it itself, SQLite only how it is stored.
pub(super) trait Cell: TryGetable {
    fn stored(as_it_is: ValueRef<'_>) -> Option<Self>;
}

impl Cell for bool {
    fn stored(as_it_is: ValueRef<'_>) -> Option<Self> {
        i64::stored(as_it_is).map(|value| value != 0)
    }
}

impl Cell for i32 {
    fn stored(as_it_is: ValueRef<'_>) -> Option<Self> {
        i64::stored(as_it_is)?.try_into().ok()
    }
}

impl Cell for i64 {
    fn stored(as_it_is: ValueRef<'_>) -> Option<Self> {
        as_it_is.as_i64().ok()
    }
}

impl Cell for String {
    fn stored(as_it_is: ValueRef<'_>) -> Option<Self> {
        as_it_is.as_str().ok().map(str::to_owned)
    }
}

impl Cell for Uuid {
    fn stored(as_it_is: ValueRef<'_>) -> Option<Self> {
        Self::from_slice(as_it_is.as_blob().ok()?).ok()
    }
}

impl Cell for Vec<u8> {
    fn stored(as_it_is: ValueRef<'_>) -> Option<Self> {
        as_it_is.as_blob().ok().map(<[u8]>::to_vec)
    }
}

impl Cells for rusqlite::Row<'_> {
    fn count(&self) -> usize {
        self.as_ref().column_count()
    }

    fn is_null(&self, at: usize) -> bool {
        self.get_ref(at).is_ok_and(|cell| cell == ValueRef::Null)
    }

    fn get<T: Cell>(&self, at: usize) -> Option<T> {
        T::stored(self.get_ref(at).ok()?)
    }
}

impl Cells for QueryResult {
    fn count(&self) -> usize {
        self.try_as_pg_row().map_or(0, |row| row.len())
    }

    fn is_null(&self, at: usize) -> bool {
        self.try_as_pg_row().is_some_and(|row| row.try_get_raw(at).is_ok_and(|cell| cell.is_null()))
    }

    fn get<T: Cell>(&self, at: usize) -> Option<T> {
        self.try_get_by_index(at).ok()
    }
}

/// What a row means; none if a cell holds what it cannot, by somebody with a shell or because the file is damaged: it is that row's
/// trouble alone ([`crate::fault::Unreadable`]).
///
/// # Errors
/// If rows of this type look otherwise.
pub(super) fn read<R: DeserializeOwned>(row: &impl Cells) -> Result<Option<R>, DbErr> {
    match R::deserialize(Whole(row)) {
        Ok(meant) => Ok(Some(meant)),
        Err(Unfit::Cell(column)) => {
            let (table, id) = (type_name::<R>(), row.get::<Uuid>(0));
            tracing::error!(event = "row_left_out", table, ?id, column, "left out of a list");
            Ok(None)
        }
        Err(Unfit::Row(why)) => Err(DbErr::Query(RuntimeErr::Internal(why))),
    }
}

/// Why a row does not fit its type.
#[derive(Debug)]
enum Unfit {
    /// No row would.
    Row(String),
    /// Another one would: what stands in this cell.
    Cell(usize),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(why) => f.write_str(why),
            Self::Cell(at) => write!(f, "column {at} holds what it cannot hold"),
        }
    }
}

impl std::error::Error for Unfit {}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(why: T) -> Self {
        Self::Row(why.to_string())
    }
}

/// All of a row's cells.
struct Whole<'a, C>(&'a C);

impl<'de, C: Cells> Deserializer<'de> for Whole<'_, C> {
    type Error = Unfit;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        if fields.len() != self.0.count() {
            return Err(Unfit::Row(format!(
                "{name} has {} fields, and the row {} cells",
                fields.len(),
                self.0.count()
            )));
        }
        visitor.visit_seq(Walk { row: self.0, at: 0 })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit::Row("a row is read into a struct".to_owned()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// From one cell to the next.
struct Walk<'a, C> {
    row: &'a C,
    at: usize,
}

impl<'de, C: Cells> SeqAccess<'de> for Walk<'_, C> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, field: T) -> Result<Option<T::Value>, Unfit> {
        let cell = One { row: self.row, at: self.at };
        self.at += 1;
        field.deserialize(cell).map(Some)
    }
}

/// One cell.
struct One<'a, C> {
    row: &'a C,
    at: usize,
}

impl<C: Cells> One<'_, C> {
    fn get<T: Cell>(&self) -> Result<T, Unfit> {
        self.row.get(self.at).ok_or(Unfit::Cell(self.at))
    }
}

impl<'de, C: Cells> Deserializer<'de> for One<'_, C> {
    type Error = Unfit;

    fn is_human_readable(&self) -> bool {
        false
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_bool(self.get()?)
    }

    fn deserialize_i32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_i32(self.get()?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_i64(self.get()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_string(self.get()?)
    }

    /// An id: serde takes other bytes for a list.
    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_bytes(self.get::<Uuid>()?.as_bytes())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_seq(SeqDeserializer::new(self.get::<Vec<u8>>()?.into_iter()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        if self.row.is_null(self.at) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Unfit> {
        Err(Unfit::Row(format!("column {} is of a type that no row has", self.at)))
    }

    forward_to_deserialize_any! {
        i8 i16 i128 u8 u16 u32 u64 u128 f32 f64 char str byte_buf unit unit_struct newtype_struct tuple tuple_struct map
        struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::Connection;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Thing {
        id: Uuid,
        name: Option<String>,
        number: i32,
        big: Option<i64>,
        is_new: bool,
        bytes: Vec<u8>,
    }

    fn thing(values: &str) -> Result<Option<Thing>, DbErr> {
        let connection = Connection::open_in_memory().unwrap();
        let mut statement = connection.prepare(&format!("SELECT {values}")).unwrap();
        let mut rows = statement.query([]).unwrap();
        read(rows.next().unwrap().unwrap())
    }

    #[test]
    fn a_row_is_read_from_left_to_right_and_has_to_fit() {
        let id = Uuid::from_u128(7);
        let written = format!("x'{}'", id.simple());
        let read = thing(&format!("{written}, 'Ann', 7, 3000000000, 1, x'0102'")).unwrap().unwrap();
        let ann = Thing {
            id,
            name: Some("Ann".to_owned()),
            number: 7,
            big: Some(3_000_000_000),
            is_new: true,
            bytes: vec![1, 2],
        };
        assert_eq!(read, ann);
        let nobody = Thing { name: None, big: None, is_new: false, bytes: Vec::new(), ..ann };
        assert_eq!(thing(&format!("{written}, NULL, 7, NULL, 0, x''")).unwrap(), Some(nobody));
        for damaged in [
            "NULL, 'Ann', 7, 1, 1, x''",
            "x'01', 'Ann', 7, 1, 1, x''",
            &format!("{written}, 'Ann', 3000000000, 1, 1, x''"),
            &format!("{written}, 5, 7, 1, 1, x''"),
            &format!("{written}, CAST(x'ff' AS text), 7, 1, 1, x''"),
            &format!("{written}, 'Ann', 'seven', 1, 1, x''"),
        ] {
            assert_eq!(thing(damaged).unwrap(), None, "{damaged}");
        }
        for unfit in [&format!("{written}, 'Ann', 7, 1, 1"), &format!("{written}, 'Ann', 7, 1, 1, x'', 8")] {
            assert!(matches!(thing(unfit), Err(DbErr::Query(_))), "{unfit}");
        }
    }
}
