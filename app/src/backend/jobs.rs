//! Many changes at once.

use async_trait::async_trait;
use domain::bulk::Outcome;

use super::caller::Administrator;
use crate::{
    hub::model::{BulkDeed, BulkPreview, JobDetail, JobId, JobRow, Page, Selection},
    problem::Problem,
};

/// The bulk jobs of the administrator's partner.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// How many users are selected.
    async fn count_selected(&self, administrator: &Administrator, selection: &Selection) -> Result<u32, Problem>;
    /// Whom something would touch, and whom not and why. Writes nothing.
    async fn preview_bulk(
        &self,
        administrator: &Administrator,
        selection: &Selection,
        deed: BulkDeed,
    ) -> Result<BulkPreview, Problem>;
    /// Has something done for all who are selected: durably accepted once this returns.
    async fn begin_bulk(
        &self,
        administrator: &Administrator,
        selection: &Selection,
        deed: BulkDeed,
    ) -> Result<JobRow, Problem>;
    /// The jobs, the newest first.
    async fn jobs(&self, administrator: &Administrator, after: Option<String>) -> Result<Page<JobRow>, Problem>;
    /// Those that the caller has begun and that are not over.
    async fn open_jobs(&self, administrator: &Administrator) -> Result<Vec<JobRow>, Problem>;
    /// How a job stands.
    async fn job(&self, administrator: &Administrator, job: JobId) -> Result<JobRow, Problem>;
    /// The same with those of its rows that have this outcome.
    async fn job_rows(
        &self,
        administrator: &Administrator,
        job: JobId,
        outcome: Option<Outcome>,
        after: Option<String>,
    ) -> Result<JobDetail, Problem>;
    /// Ends a job early: what is done stays done.
    async fn cancel_job(&self, administrator: &Administrator, job: JobId) -> Result<JobRow, Problem>;
}
