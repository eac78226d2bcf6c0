//! Jobs that wait for approval.

use sea_orm::{
    ColumnTrait as _, DbErr, EntityTrait as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{BulkJob, BulkRow, insert, open};
use crate::store::{
    Rows, Tenant, Work,
    entity::{bulk_job, bulk_row},
    ids::SubscriberId,
    row::{self, readable},
};

/// The partner's deletions that wait for approval, whoever asked for them.
///
/// # Errors
/// If the database fails.
pub async fn staged(db: &impl Rows, tenant: Tenant) -> Result<Vec<BulkJob>, DbErr> {
    Ok(readable(row::all(db, open(tenant).filter(bulk_job::Column::StagedAt.is_not_null())).await?))
}

/// The rows without an outcome of these jobs that are about this user.
///
/// # Errors
/// If the database fails.
pub async fn pending_rows_about(db: &impl Rows, jobs: &[BulkJob], user: SubscriberId) -> Result<Vec<BulkRow>, DbErr> {
    let rows = bulk_row::Entity::find()
        .filter(bulk_row::Column::Outcome.is_null())
        .filter(bulk_row::Column::SubscriberId.eq(user))
        .filter(bulk_row::Column::JobId.is_in(jobs.iter().map(|job| job.id)));
    Ok(readable(row::all(db, rows).await?))
}

/// Gives a job's rows after so many to another one, which is written down with them.
///
/// # Errors
/// If the database fails.
pub async fn split(work: &Work, job: &BulkJob, after: i32, rest: BulkJob) -> Result<(), DbErr> {
    let id = rest.id;
    insert(work, rest, Vec::new()).await?;
    bulk_row::Entity::update_many()
        .col_expr(bulk_row::Column::JobId, Expr::value(id))
        .col_expr(bulk_row::Column::Number, Expr::col(bulk_row::Column::Number).sub(after))
        .filter(bulk_row::Column::JobId.eq(job.id))
        .filter(bulk_row::Column::Number.gt(after))
        .exec(&**work)
        .await
        .map(drop)
}
