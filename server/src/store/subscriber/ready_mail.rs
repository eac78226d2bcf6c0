//! When the mail is due that says that the account is ready: across partners, for the engine.

use domain::Timestamp;
use sea_orm::{ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, sea_query::Expr};

use crate::store::{
    Subscriber, Work,
    due::Due,
    entity::subscriber::{Column, Entity},
    ids::SubscriberId,
    row::readable,
};

/// Whether one is due.
///
/// # Errors
/// If the database fails.
pub async fn is_ready_mail_due(db: &impl ConnectionTrait, now: Timestamp) -> Result<bool, DbErr> {
    due(now).is_there(db).await
}

/// Takes up to so many that are due, until then. Returns to whom.
///
/// # Errors
/// If the database fails.
pub async fn claim_ready_mails(
    work: &Work,
    now: Timestamp,
    until: Timestamp,
    most: u64,
) -> Result<Vec<Subscriber>, DbErr> {
    Ok(readable(due(now).claim(work, until, most).await?))
}

/// Writes down when it is due, or that it is not, unless that has changed since.
///
/// # Errors
/// If the database fails.
pub async fn put_ready_mail(
    work: &Work,
    to: SubscriberId,
    before: Option<Timestamp>,
    after: Option<Timestamp>,
) -> Result<(), DbErr> {
    let unchanged = match before {
        Some(before) => Column::ReadyMailAt.eq(before.0),
        None => Column::ReadyMailAt.is_null(),
    };
    Entity::update_many()
        .col_expr(Column::ReadyMailAt, Expr::value(after.map(|at| at.0)))
        .filter(Column::Id.eq(to))
        .filter(unchanged)
        .exec(&**work)
        .await
        .map(drop)
}

fn due(now: Timestamp) -> Due<Entity> {
    Due::new(Column::Id, Column::ReadyMailAt, now)
}
