//! How often somebody tried, by a hash: the table names nobody.

use domain::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::{Alias, Expr, ExprTrait as _, OnConflict},
};

use super::{
    Work,
    entity::throttle::{
        ActiveModel,
        Column::{EndsAt, Key, Tries},
        Entity, Model,
    },
};

/// The tries at one thing within a window, which count together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// SHA-256 of limit and subject, hexadecimal.
    pub key: String,
    /// How many, within the window.
    pub tries: i64,
    /// When the window ends.
    pub ends_at: Timestamp,
}

impl From<Model> for Window {
    fn from(row: Model) -> Self {
        Self { key: row.key, tries: row.tries, ends_at: Timestamp(row.ends_at) }
    }
}

/// Those with these keys that are there.
///
/// # Errors
/// If the database fails.
pub async fn some<'a>(
    db: &impl ConnectionTrait,
    keys: impl IntoIterator<Item = &'a str>,
) -> Result<Vec<Window>, DbErr> {
    let rows = Entity::find().filter(Key.is_in(keys)).all(db).await?;
    Ok(rows.into_iter().map(Window::from).collect())
}

/// Adds so many more tries each, whose window ends then if it begins with them. A window that is over, or that ends later than
/// one that begins now by more than `skew` milliseconds, begins anew. In the order of keys, so that no two transactions wait for
/// each other. Returns what there is now.
///
/// # Errors
/// If the database fails.
pub async fn add(work: &Work, now: Timestamp, skew: i64, mut more: Vec<Window>) -> Result<Vec<Window>, DbErr> {
    let excluded = |column| Expr::col((Alias::new("excluded"), column));
    let kept = |column| Expr::col((Entity, column));
    let over = || kept(EndsAt).lte(now.0).or(kept(EndsAt).gt(excluded(EndsAt).add(skew)));
    more.sort_unstable_by(|a, b| a.key.cmp(&b.key));
    let rows = more.into_iter().map(|window| ActiveModel {
        key: Set(window.key),
        tries: Set(window.tries),
        ends_at: Set(window.ends_at.0),
    });
    let conflict = OnConflict::column(Key)
        .value(Tries, Expr::case(over(), excluded(Tries)).finally(kept(Tries).add(excluded(Tries))))
        .value(EndsAt, Expr::case(over(), excluded(EndsAt)).finally(kept(EndsAt)))
        .to_owned();
    let rows = Entity::insert_many(rows).on_conflict(conflict).exec_with_returning(&**work).await?;
    Ok(rows.into_iter().map(Window::from).collect())
}

/// Deletes windows that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(work: &Work, now: Timestamp) -> Result<(), DbErr> {
    Entity::delete_many().filter(EndsAt.lte(now.0)).exec(&**work).await.map(drop)
}
