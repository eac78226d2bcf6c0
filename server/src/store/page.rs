//! A part of a list whose rows come in the order of their ids.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _, Select,
};
use uuid::Uuid;

/// Which part of a list is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// What comes after the row of this id.
    pub after: Option<Uuid>,
    /// How many rows to leave out.
    pub skip: Option<u64>,
    /// How many rows at the most.
    pub most: u64,
}

/// A part of a list.
pub struct Page<R> {
    /// Its rows.
    pub rows: Vec<R>,
    /// After which row the next part begins, if there is one.
    pub next: Option<Uuid>,
}

impl<M> Page<M> {
    /// The same with what the rows mean, each of which can be read.
    pub(super) fn map<R>(self, read: impl Fn(M) -> R) -> Page<R> {
        Page { rows: self.rows.into_iter().map(read).collect(), next: self.next }
    }
}

/// The oldest rows first.
pub(super) async fn oldest_first<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    id: (E::Column, impl Fn(&E::Model) -> Uuid),
    window: Window,
) -> Result<Page<E::Model>, DbErr> {
    let after = window.after.map(|after| id.0.gt(after));
    let rows = after.into_iter().fold(rows, |rows, after| rows.filter(after)).order_by_asc(id.0);
    part(db, rows, id.1, window).await
}

/// The newest rows first.
pub(super) async fn newest_first<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    id: (E::Column, impl Fn(&E::Model) -> Uuid),
    window: Window,
) -> Result<Page<E::Model>, DbErr> {
    let after = window.after.map(|after| id.0.lt(after));
    let rows = after.into_iter().fold(rows, |rows, after| rows.filter(after)).order_by_desc(id.0);
    part(db, rows, id.1, window).await
}

async fn part<E: EntityTrait>(
    db: &impl ConnectionTrait,
    rows: Select<E>,
    id: impl Fn(&E::Model) -> Uuid,
    window: Window,
) -> Result<Page<E::Model>, DbErr> {
    // One row too many says whether there is a next part.
    let mut rows = rows.offset(window.skip).limit(window.most + 1).all(db).await?;
    let more = rows.len() as u64 > window.most;
    rows.truncate(usize::try_from(window.most).unwrap_or(usize::MAX));
    let next = rows.last().filter(|_| more).map(id);
    Ok(Page { rows, next })
}
