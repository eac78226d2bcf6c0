//! A workspace as the vendor's API shows it, and what is ours beside that.

use domain::Fault;
use serde::Serialize;

use super::{Resource, error::Error, names::Names};
use crate::{
    fault::Trouble,
    iso8601,
    store::{DbErr, Store, Tenant, Workspace as Row, WorkspaceId},
    vendor_id::Kind,
};

/// The vendor's schema `WorkspaceResponse`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Workspace {
    id: String,
    provisioning_id: String,
    user_id: String,
    sp_enterprise_id: String,
    display_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
    created: String,
}

/// A workspace with how it stands: ours.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WorkspaceStatus {
    #[serde(flatten)]
    workspace: Workspace,
    /// `provisioning`, `provisioned`, `updating` (also while it is being removed) or `error`.
    status: String,
    last_status_change: String,
    /// What went wrong during the last attempt.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Error>,
}

impl Resource for Workspace {
    type Id = WorkspaceId;
    const KIND: Option<Kind> = Some(Kind::Workspace);
}

impl Workspace {
    /// What a workspace keeps: who sends back what was read changes nothing, and who asks for something else is told.
    pub const FIXED: [&str; 3] = ["provisioningId", "spEnterpriseId", "displayName"];

    /// That, with what it is.
    pub fn fixed(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let values = [&self.provisioning_id, &self.sp_enterprise_id, &self.display_name];
        Self::FIXED.into_iter().zip(values.map(String::as_str))
    }

    /// Shows one workspace as the vendor does.
    pub async fn show(store: &Store, tenant: Tenant, row: Row) -> Result<Self, Trouble> {
        let mut shown = WorkspaceStatus::show_all(store, tenant, vec![row]).await?;
        // Customers and templates outlive their workspaces.
        shown.pop().map(|shown| shown.workspace).ok_or_else(|| Fault::NotFound.into())
    }
}

impl WorkspaceStatus {
    /// Shows a page of workspaces, in the same order.
    pub async fn show_all(store: &Store, tenant: Tenant, rows: Vec<Row>) -> Result<Vec<Self>, DbErr> {
        let names = Names::of(store, tenant, rows.iter().map(|row| (row.customer_id, row.template_id))).await?;
        let shown = rows.into_iter().filter_map(|row| {
            let (sp_enterprise_id, provisioning_id) = names.pair(row.customer_id, row.template_id)?;
            Some(Self::new(row, sp_enterprise_id, provisioning_id))
        });
        Ok(shown.collect())
    }

    fn new(row: Row, sp_enterprise_id: String, provisioning_id: String) -> Self {
        let failed = row.lifecycle.fault().map(|fault| (fault, row.fault_detail.as_deref()));
        let errors = failed.into_iter().chain(row.setback.map(|fault| (fault, None))).map(Error::from).collect();
        Self {
            workspace: Workspace {
                id: Kind::Workspace.encode(row.id),
                provisioning_id,
                user_id: row.user_id.into(),
                sp_enterprise_id,
                display_name: row.display_name,
                primary_phone_number: row.primary_phone,
                extension: row.extension,
                created: iso8601::format(row.created_at),
            },
            status: row.lifecycle.status().as_str().to_owned(),
            last_status_change: iso8601::format(row.status_changed_at),
            errors,
        }
    }
}
