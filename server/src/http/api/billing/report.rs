//! A billing report as the vendor's API shows it.

use serde::Serialize;

use super::{ApiState, Resource};
use crate::{
    billing::Pass,
    iso8601,
    store::{BillingReport, BillingReportId},
    vendor_id::Kind,
};

/// There is nothing left to be done for a report that is there: what is not stored cannot be in progress or fail.
const COMPLETED: &str = "COMPLETED";

/// The vendor's schema `ReportId`.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = BillingReportId)]
pub struct ReportId {
    id: String,
}

impl From<&BillingReport> for ReportId {
    fn from(report: &BillingReport) -> Self {
        Self { id: Kind::BillingReport.encode(report.id) }
    }
}

/// The vendor's schema `ListReport`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BillingReportItem)]
pub struct Item {
    id: String,
    billing_period: String,
    status: &'static str,
}

impl From<BillingReport> for Item {
    fn from(report: BillingReport) -> Self {
        Self {
            id: Kind::BillingReport.encode(report.id),
            billing_period: report.period.as_str().to_owned(),
            status: COMPLETED,
        }
    }
}

/// The vendor's schema `Report`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = BillingReport)]
pub struct Report {
    #[serde(flatten)]
    item: Item,
    created: String,
    created_by: String,
    #[serde(rename = "tempDownloadURL")]
    temp_download_url: String,
}

impl Report {
    /// Shows a report, with an address from which it can be downloaded for a while.
    pub fn show(state: &ApiState, report: BillingReport) -> Self {
        let Pass { report: id, expires, signature } = Pass::issue(&report, &state.code_keys, state.environment.now());
        let reports = format!("{}/v1/broadworks/billing/reports", state.public_url);
        let id = Kind::BillingReport.encode(id);
        Self {
            created: iso8601::format(report.created_at),
            // The vendor's clients expect a person here; our caller is a token.
            created_by: Kind::Person.encode(report.created_by),
            temp_download_url: format!("{reports}/{id}/csv?expires={}&signature={signature}", expires.0),
            item: report.into(),
        }
    }
}

impl Resource for Report {
    type Id = BillingReportId;
    const KIND: Option<Kind> = Some(Kind::BillingReport);
}
