//! Counts tries in the database, so that limits hold across replicas and restarts.

use domain::{Fault, Timestamp, limit::Limit};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _, OnConflict},
};

use crate::{
    fault::Trouble,
    secret::fingerprint,
    store::{Store, entity::throttle},
};

/// Counts one try of `subject` and refuses it when there were too many within the window.
///
/// # Errors
/// [`Fault::TooManyAttempts`] with the seconds until the window ends; or a database error.
pub async fn count(store: &Store, now: Timestamp, limit: Limit, subject: &str) -> Result<(), Trouble> {
    let counted = add(store, now, limit, subject, 1).await?;
    if counted.tries > limit.max {
        return Err(Trouble::wait(Fault::TooManyAttempts, Timestamp(counted.ends_at).since(now)));
    }
    Ok(())
}

/// Counts several tries of `subject` at once. Answers how many there are now within the window, and when it ends.
///
/// # Errors
/// If the database fails; then nothing was counted.
pub async fn add(
    store: &Store,
    now: Timestamp,
    limit: Limit,
    subject: &str,
    tries: i64,
) -> Result<throttle::Model, DbErr> {
    let key = fingerprint(format!("{}\n{subject}", limit.name));
    let ends_at = now.plus(limit.window).0;
    let over = || Expr::col((throttle::Entity, throttle::Column::EndsAt)).lte(now.0);
    let first = throttle::ActiveModel { key: Set(key), tries: Set(tries), ends_at: Set(ends_at) };
    let work = store.work().await?;
    let counted = throttle::Entity::insert(first)
        .on_conflict(
            OnConflict::column(throttle::Column::Key)
                .value(
                    throttle::Column::Tries,
                    Expr::case(over(), tries)
                        .finally(Expr::col((throttle::Entity, throttle::Column::Tries)).add(tries)),
                )
                .value(
                    throttle::Column::EndsAt,
                    Expr::case(over(), ends_at).finally(Expr::col((throttle::Entity, throttle::Column::EndsAt))),
                )
                .to_owned(),
        )
        .exec_with_returning(&*work)
        .await?;
    work.commit().await?;
    Ok(counted)
}

/// Forgets windows that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let work = store.work().await?;
    throttle::Entity::delete_many().filter(throttle::Column::EndsAt.lte(now.0)).exec(&*work).await?;
    Ok(work.commit().await?)
}
