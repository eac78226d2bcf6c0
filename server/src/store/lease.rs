//! Leases on what a server works on: bulk jobs, webhooks, directory syncs. Those of tasks have an owner: [`super::task::free`].

use domain::{
    Timestamp,
    bulk::{Action, UNDO},
};
use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait, ExprTrait as _, QueryFilter as _,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    Store,
    entity::{bulk_job, directory_sync, webhook},
};

/// Ends every lease, for a server that has just started and knows that it is the only one: what another one left in the
/// middle goes on at once. A deletion that can still be taken back begins when it would have.
///
/// # Errors
/// If the database fails.
pub async fn free(store: &Store, now: Timestamp) -> Result<(), DbErr> {
    let is_begun = Expr::col(bulk_job::Column::LeaseUntil).ne(Expr::col(bulk_job::Column::CreatedAt).add(UNDO));
    let leased = bulk_job::Column::Action.ne(Action::Delete.as_str()).or(is_begun);
    end::<bulk_job::Entity>(store, bulk_job::Column::LeaseUntil, leased, now).await?;
    end::<webhook::Entity>(store, webhook::Column::LeaseUntil, Expr::value(true), now).await?;
    end::<directory_sync::Entity>(store, directory_sync::Column::LeaseUntil, Expr::value(true), now).await
}

async fn end<E: EntityTrait>(store: &Store, until: E::Column, leased: SimpleExpr, now: Timestamp) -> Result<(), DbErr> {
    let work = store.work().await?;
    E::update_many().col_expr(until, now.0.into()).filter(until.gt(now.0)).filter(leased).exec(&*work).await?;
    work.commit().await
}
