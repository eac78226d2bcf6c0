//! An enterprise as the vendor's API shows it.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::error::Error;
use crate::{
    iso8601,
    store::{
        self, Customer, CustomerId, DbErr, Store, Tenant, customer,
        directory_sync::{self, Status},
        template,
    },
    vendor_id::Kind,
};

/// One of the `items` in the vendor's example of `EnterpriseListResponse`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Enterprise {
    id: String,
    org_id: String,
    sp_enterprise_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    provisioning_id: Option<String>,
    broadworks_directory_sync: DirectorySync,
    /// Since when it is there. Not in the vendor's specification: its newer clients know it.
    org_creation_time_stamp: String,
}

/// The vendor's schema `GetDirectorySyncStatusResponse`, which its other answers are parts of.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectorySync {
    enable_dir_sync: bool,
    directory_sync_status: DirectorySyncStatus,
}

/// How a sync stands; of one that has not begun yet there is no more to say. Of machines nothing is known: BroadWorks'
/// directories show users.
#[derive(Default, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectorySyncStatus)]
struct DirectorySyncStatus {
    sync_status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync_start_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync_end_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_successful_sync_time: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_added: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_updated: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users_deleted: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    machines_added: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    machines_updated: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    machines_deleted: Option<i64>,
    #[serde(rename = "totalExternalUsersInCI", skip_serializing_if = "Option::is_none")]
    total_external_users: Option<i64>,
    #[serde(rename = "totalExternalMachinesInCI", skip_serializing_if = "Option::is_none")]
    total_external_machines: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_sync_tracking_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Error>,
}

impl DirectorySync {
    /// As it is shown in lists and when it is asked for; nothing stands for one that is switched off.
    pub fn whole(sync: Option<store::DirectorySync>) -> Self {
        let begun = sync.as_ref().filter(|sync| sync.started_at.is_some());
        let directory_sync_status =
            begun.map_or_else(|| DirectorySyncStatus::bare(sync.as_ref()), DirectorySyncStatus::whole);
        Self { enable_dir_sync: sync.is_some(), directory_sync_status }
    }

    /// As it is shown to those who switch or start it (`UpdateDirectorySyncResponse`, `TriggerDirectorySyncResponse`).
    pub fn brief(sync: Option<&store::DirectorySync>) -> Self {
        Self { enable_dir_sync: sync.is_some(), directory_sync_status: DirectorySyncStatus::bare(sync) }
    }
}

impl DirectorySyncStatus {
    fn bare(sync: Option<&store::DirectorySync>) -> Self {
        let sync_status = sync.map_or(Status::NotSynced, |sync| sync.status).as_str().to_owned();
        Self { sync_status, ..Self::default() }
    }

    fn whole(sync: &store::DirectorySync) -> Self {
        Self {
            last_sync_start_time: sync.started_at.map(iso8601::format),
            last_sync_end_time: sync.ended_at.map(iso8601::format),
            last_successful_sync_time: sync.succeeded_at.map(iso8601::format),
            users_added: Some(sync.added),
            users_updated: Some(sync.updated),
            users_deleted: Some(sync.deleted),
            machines_added: Some(0),
            machines_updated: Some(0),
            machines_deleted: Some(0),
            total_external_users: Some(sync.total),
            total_external_machines: Some(0),
            last_sync_tracking_id: sync.tracking_id.clone(),
            errors: sync.fault.map(|fault| Error::from((fault, None))).into_iter().collect(),
            ..Self::bare(Some(sync))
        }
    }
}

impl Enterprise {
    /// Shows a page of enterprises, in the same order.
    pub async fn show_all(store: &Store, tenant: Tenant, customers: Vec<Customer>) -> Result<Vec<Self>, DbErr> {
        let mut provisioning = provisioning_ids(store, tenant, &customers).await?;
        let mut syncs = directory_sync::some(store.read(), &customers).await?;
        let show = |customer: Customer| Self {
            id: Kind::Enterprise.encode(customer.id),
            org_id: Kind::Organization.encode(customer.id),
            provisioning_id: provisioning.remove(&customer.id),
            broadworks_directory_sync: DirectorySync::whole(syncs.remove(&customer.id)),
            org_creation_time_stamp: iso8601::format(customer.created_at),
            sp_enterprise_id: customer.sp_enterprise_id.into(),
        };
        Ok(customers.into_iter().map(show).collect())
    }
}

/// The provisioning id of each customer: that of its first template, where its users came by several.
async fn provisioning_ids(
    store: &Store,
    tenant: Tenant,
    customers: &[Customer],
) -> Result<HashMap<CustomerId, String>, DbErr> {
    let pairs = customer::templates(store.read(), customers).await?;
    // A later pair replaces an earlier one: the smallest id stays, which is that of the oldest template.
    let first: HashMap<_, _> = pairs.into_iter().collect();
    let ids: HashSet<_> = first.values().copied().collect();
    let templates = template::some(store.read(), tenant, ids).await?;
    let templates: HashMap<_, _> = templates.into_iter().map(|one| (one.id, one.provisioning_id)).collect();
    Ok(first.into_iter().filter_map(|(customer, id)| Some((customer, templates.get(&id)?.clone()))).collect())
}
