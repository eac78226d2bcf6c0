//! Very many deletions, which wait for approval.

use app::{
    backend::{Administrator, Deletions},
    hub::model::{SeenDeletions, StagedDeletions},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Fault, Permission};

use super::HubService;
use crate::{
    provisioning::deletion::{self, Decision},
    store::{Actor, BulkJobId, bulk_job},
};

#[async_trait]
impl Deletions for HubService {
    async fn staged_deletions(&self, administrator: &Administrator) -> Result<StagedDeletions, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            if !ids.permissions.allow(Permission::DeletionsApprove) {
                return Ok(StagedDeletions::default());
            }
            let jobs = bulk_job::staged(context.store.read(), ids.tenant).await?;
            let threshold = context.partner(&ids).await?.deletion_threshold.cast_unsigned();
            Ok(StagedDeletions { jobs: context.job_rows(&ids, jobs).await?, threshold })
        })
        .await
    }

    async fn decide_deletions(
        &self,
        administrator: &Administrator,
        approve: bool,
        seen: &[SeenDeletions],
    ) -> Result<u32, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let rows = |one: &SeenDeletions| -> (BulkJobId, i32) {
                (one.job.into(), i32::try_from(one.rows).unwrap_or(i32::MAX))
            };
            let seen: Vec<_> = seen.iter().map(rows).collect();
            let caller = (ids.tenant, &Actor::Administrator(ids.administrator));
            let decision = if approve { Decision::Approved } else { Decision::Refused };
            let (store, environment) = (&context.store, &context.environment);
            let jobs = deletion::decide(store, environment, caller, decision, Some(&seen)).await?;
            // Another partner's, or one about which somebody else has decided.
            if jobs.is_empty() && !seen.is_empty() {
                return Err(Fault::NotFound.into());
            }
            Ok(jobs.iter().map(|job| job.size.cast_unsigned()).sum())
        })
        .await
    }

    async fn set_deletion_threshold(&self, administrator: &Administrator, threshold: u32) -> Result<(), Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let caller = (ids.tenant, &Actor::Administrator(ids.administrator));
            let threshold = i32::try_from(threshold).unwrap_or(i32::MAX);
            deletion::set_threshold(&context.store, &context.environment, caller, threshold).await
        })
        .await
    }
}
