//! A part of a list whose rows come in the order of their keys, which mostly are ids.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select, Value};

use serde::de::DeserializeOwned;

use super::{
    cells::Rows,
    row::{self, Unreadable, readable},
};

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Window<K> {
    /// What comes after the row of this key.
    pub after: Option<K>,
    /// How many rows to leave out.
    pub skip: Option<u64>,
    /// How many rows at the most.
    pub most: u64,
}

/// A part of a list.
pub struct Page<R, K> {
    /// Its rows.
    pub rows: Vec<R>,
    /// After which row the next part begins, if there is one.
    pub next: Option<K>,
}

impl<M, K> Page<M, K> {
    /// The same with what the rows mean, each of which can be read.
    pub(super) fn map<R>(self, read: impl Fn(M) -> R) -> Page<R, K> {
        Page { rows: self.rows.into_iter().map(read).collect(), next: self.next }
    }

    /// The same with what the rows mean, without those that cannot be read.
    pub(super) fn readable<R: TryFrom<M, Error = Unreadable>>(self) -> Page<R, K> {
        Page { rows: readable(self.rows), next: self.next }
    }
}

/// The oldest rows first.
pub(super) async fn oldest_first<E: EntityTrait, K: Into<Value>>(
    db: &impl Rows,
    rows: Select<E>,
    (column, key): (E::Column, impl Fn(&E::Model) -> K),
    window: Window<K>,
) -> Result<Page<E::Model, K>, DbErr>
where
    E::Model: DeserializeOwned,
{
    let Window { after, skip, most } = window;
    let rows = after.into_iter().fold(rows, |rows, after| rows.filter(column.gt(after))).order_by_asc(column);
    part(db, rows, key, Window { after: None, skip, most }).await
}

/// The newest rows first.
pub(super) async fn newest_first<E: EntityTrait, K: Into<Value>>(
    db: &impl Rows,
    rows: Select<E>,
    (column, key): (E::Column, impl Fn(&E::Model) -> K),
    window: Window<K>,
) -> Result<Page<E::Model, K>, DbErr>
where
    E::Model: DeserializeOwned,
{
    let Window { after, skip, most } = window;
    let rows = after.into_iter().fold(rows, |rows, after| rows.filter(column.lt(after))).order_by_desc(column);
    part(db, rows, key, Window { after: None, skip, most }).await
}

/// Of rows that come in the order of their keys after [`Window::after`], as many as are wanted.
pub(super) async fn part<E: EntityTrait, K>(
    db: &impl Rows,
    rows: Select<E>,
    key: impl Fn(&E::Model) -> K,
    window: Window<K>,
) -> Result<Page<E::Model, K>, DbErr>
where
    E::Model: DeserializeOwned,
{
    // One row too many says whether there is a next part.
    let mut rows = row::all(db, rows.offset(window.skip).limit(window.most + 1)).await?;
    let more = rows.len() as u64 > window.most;
    rows.truncate(usize::try_from(window.most).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(key);
    Ok(Page { rows, next })
}
