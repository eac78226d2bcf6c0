//! Leases on what a server works on: bulk jobs, webhooks, directory syncs. Those of tasks have an owner: [`super::task::free`].

use domain::Timestamp;
use sea_orm::{ColumnTrait as _, DbErr, EntityTrait, QueryFilter as _};

use super::{
    Store,
    entity::{bulk_job, directory_sync, webhook},
};

/// Ends every lease, for a server that has just started and knows that it is the only one: what another one left in the
/// middle goes on at once.
///
/// # Errors
/// If the database fails.
pub async fn free(store: &Store, now: Timestamp) -> Result<(), DbErr> {
    end::<bulk_job::Entity>(store, bulk_job::Column::LeaseUntil, now).await?;
    end::<webhook::Entity>(store, webhook::Column::LeaseUntil, now).await?;
    end::<directory_sync::Entity>(store, directory_sync::Column::LeaseUntil, now).await
}

async fn end<E: EntityTrait>(store: &Store, until: E::Column, now: Timestamp) -> Result<(), DbErr> {
    let work = store.work().await?;
    E::update_many().col_expr(until, now.0.into()).filter(until.gt(now.0)).exec(&*work).await?;
    work.commit().await
}
