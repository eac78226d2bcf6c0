//! A part of a list whose rows come in the order of their keys, which mostly are ids.

use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    Value,
};

use serde::de::DeserializeOwned;

use super::{
    cells::Rows,
    row::{Unreadable, readable},
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
    Window { after, skip, most }: Window<K>,
) -> Result<Page<E::Model, K>, DbErr>
where
    E::Model: DeserializeOwned,
{
    let rows = after.into_iter().fold(rows, |rows, after| rows.filter(column.gt(after))).order_by_asc(column);
    part(db, rows, key, Window { after: None, skip, most }).await
}

/// The newest rows first.
pub(super) async fn newest_first<E: EntityTrait, K: Into<Value>>(
    db: &impl Rows,
    rows: Select<E>,
    (column, key): (E::Column, impl Fn(&E::Model) -> K),
    Window { after, skip, most }: Window<K>,
) -> Result<Page<E::Model, K>, DbErr>
where
    E::Model: DeserializeOwned,
{
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
    let rows = rows.offset(window.skip);
    let read = |most| db.rows(rows.clone().limit(most).build(db.get_database_backend()));
    let (rows, more) = first_of(window.most, read).await?;
    let next = rows.last().filter(|_| more).map(key);
    Ok(Page { rows, next })
}

/// The first rows, as many as are wanted, and whether others follow. Those that cannot be read are passed over, however many they are.
pub(super) async fn first_of<M, F>(wanted: u64, read: impl Fn(u64) -> F) -> Result<(Vec<M>, bool), DbErr>
where
    F: Future<Output = Result<Vec<Option<M>>, DbErr>>,
{
    // One row too many says whether there is a next part.
    let mut most = wanted + 1;
    loop {
        let rows = read(most).await?;
        let found = rows.len() as u64;
        let mut rows: Vec<M> = rows.into_iter().flatten().collect();
        if rows.is_empty() && found == most {
            most *= 2;
            continue;
        }
        rows.truncate(usize::try_from(wanted).unwrap_or(usize::MAX));
        return Ok((rows, found > wanted));
    }
}
