//! The audit log.

use async_trait::async_trait;

use super::caller::Administrator;
use crate::{
    hub::model::{AuditFilter, AuditPage},
    problem::Problem,
};

/// The audit log of the administrator's partner.
#[async_trait]
pub trait Audit: Send + Sync {
    /// A page of it, the newest deed first, from `after` on.
    async fn audit(
        &self,
        administrator: &Administrator,
        filter: AuditFilter,
        after: Option<String>,
    ) -> Result<AuditPage, Problem>;
}
