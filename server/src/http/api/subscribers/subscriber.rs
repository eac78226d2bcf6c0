//! A subscriber as the vendor's API shows it.

use domain::{Fault, Status};
use serde::Serialize;

use super::{Resource, error::Error, names::Names};
use crate::{
    fault::Trouble,
    iso8601,
    store::{DbErr, Store, Subscriber as Row, SubscriberId, Tenant},
    vendor_id::Kind,
};

/// The vendor's schema `Subscriber`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subscriber {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    person_id: Option<String>,
    user_id: String,
    sp_enterprise_id: String,
    /// Not in the vendor's specification: its newer clients know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sp_enterprise_group_id: Option<String>,
    first_name: String,
    last_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mobile_phone_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extension: Option<String>,
    package: String,
    status: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Error>,
    created: String,
    last_status_change: String,
    provisioning_id: String,
    self_activated: bool,
}

impl Resource for Subscriber {
    type Id = SubscriberId;
    const KIND: Option<Kind> = Some(Kind::Subscriber);
}

impl Subscriber {
    /// Shows one subscriber.
    pub async fn show(store: &Store, tenant: Tenant, subscriber: Row) -> Result<Self, Trouble> {
        let mut shown = Self::show_all(store, tenant, vec![subscriber]).await?;
        // Customers and templates outlive their subscribers.
        shown.pop().ok_or_else(|| Fault::NotFound.into())
    }

    /// Shows a page of subscribers, in the same order.
    pub async fn show_all(store: &Store, tenant: Tenant, subscribers: Vec<Row>) -> Result<Vec<Self>, DbErr> {
        let names = Names::of(store, tenant, subscribers.iter().map(|row| (row.customer_id, row.template_id))).await?;
        let shown = subscribers.into_iter().filter_map(|row| {
            let (sp_enterprise_id, provisioning_id) = names.pair(row.customer_id, row.template_id)?;
            Some(Self::new(row, sp_enterprise_id, provisioning_id))
        });
        Ok(shown.collect())
    }

    fn new(row: Row, sp_enterprise_id: String, provisioning_id: String) -> Self {
        Self {
            id: Kind::Subscriber.encode(row.id),
            person_id: row
                .person_id
                .as_ref()
                .filter(|_| row.lifecycle.status() == Status::Provisioned)
                .map(|id| Kind::Person.encode(id)),
            errors: errors(&row),
            user_id: row.user_id.into(),
            sp_enterprise_id,
            sp_enterprise_group_id: row.sp_enterprise_group_id,
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.lifecycle.email().map(|email| email.as_str().to_owned()),
            primary_phone_number: row.primary_phone,
            mobile_phone_number: row.mobile_phone,
            extension: row.extension,
            package: row.package.as_str().to_owned(),
            status: row.lifecycle.status().as_str().to_owned(),
            created: iso8601::format(row.created_at),
            last_status_change: iso8601::format(row.status_changed_at),
            provisioning_id,
            self_activated: row.self_activated,
        }
    }
}

/// What went wrong in the background during the last attempt: the one that failed, the one under way that has to be
/// made again, or the mail that was refused.
fn errors(row: &Row) -> Vec<Error> {
    let failed = row.lifecycle.fault().map(|fault| (fault, row.fault_detail.as_deref()));
    let others = [row.setback, row.refused_mail()].into_iter().flatten().map(|fault| (fault, None));
    failed.into_iter().chain(others).map(Error::from).collect()
}
