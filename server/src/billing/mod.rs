//! Billing reports: what a partner is billed for one month.
//!
//! A report is a row that says who asked when for which month. Its content follows from the spans in `usage` by pure
//! rules (`domain::usage`) and is computed while it is downloaded: what happened after the report was made is not part
//! of it, so that it is the same whenever it is read.

mod csv;
mod signature;

pub use csv::csv;
pub use signature::LIFETIME;

use domain::{Fault, Timestamp, audit::Deed};

use crate::{
    access::code_keys::CodeKeys,
    billing_period::BillingPeriod,
    environment::Environment,
    fault::Trouble,
    store::{Actor, ApiTokenId, BillingReport, BillingReportId, Store, Tenant, audit, billing_report},
};

/// Makes a report. There is nothing left to be done when this returns.
///
/// # Errors
/// [`Fault::BillingPeriodAhead`] for a month that has not begun, or a database error.
pub async fn create(
    store: &Store,
    environment: &Environment,
    (tenant, token): (Tenant, ApiTokenId),
    period: BillingPeriod,
) -> Result<BillingReport, Trouble> {
    let now = environment.now();
    if period.window().from > now {
        return Err(Fault::BillingPeriodAhead.into());
    }
    let report = BillingReport {
        id: environment.id().into(),
        partner_id: tenant.partner(),
        period,
        created_by: token,
        signing_key: signature::key(environment),
        created_at: now,
    };
    let work = store.work().await?;
    billing_report::insert(&work, report.clone()).await?;
    let deed = (Deed::ReportMade, Some(report.id.into()));
    audit::record(&work, environment, tenant, &Actor::Token(token), deed).await?;
    work.commit().await?;
    Ok(report)
}

/// One of a partner's reports.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn find(store: &Store, tenant: Tenant, id: BillingReportId) -> Result<BillingReport, Trouble> {
    billing_report::find(store.read(), tenant, id).await?.ok_or_else(|| Fault::NotFound.into())
}

/// Removes one of a partner's reports, and with it the addresses from which it could be downloaded.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn remove(
    store: &Store,
    environment: &Environment,
    (tenant, token): (Tenant, ApiTokenId),
    id: BillingReportId,
) -> Result<(), Trouble> {
    let work = store.work().await?;
    if !billing_report::delete(&work, tenant, id).await? {
        return Err(Fault::NotFound.into());
    }
    let deed = (Deed::ReportRemoved, Some(id.into()));
    audit::record(&work, environment, tenant, &Actor::Token(token), deed).await?;
    Ok(work.commit().await?)
}

/// What lets somebody without a token download a report: until `expires` (epoch milliseconds), proven by `signature`.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Which report.
    pub report: BillingReportId,
    /// When the link expires.
    pub expires: Timestamp,
    /// That it was we who said so.
    pub signature: String,
}

impl Pass {
    /// For [`LIFETIME`] from now on. Costs no write and holds at every replica, for the key is the report's own and theirs.
    #[must_use]
    pub fn issue(report: &BillingReport, keys: &CodeKeys, now: Timestamp) -> Self {
        let expires = now.plus(LIFETIME);
        let key = &signature::keys(report, keys)[0];
        Self { report: report.id, expires, signature: signature::sign(key, report.id, expires) }
    }

    /// The report that may be downloaded with it.
    ///
    /// # Errors
    /// [`Fault::NotFound`], whatever is wrong, or a database error.
    pub async fn redeem(&self, store: &Store, keys: &CodeKeys, now: Timestamp) -> Result<BillingReport, Trouble> {
        let found = billing_report::at_address(store.read(), self.report).await?;
        let report = found.ok_or(Fault::NotFound)?;
        let is_of = |key: &Vec<u8>| signature::is_genuine(key, report.id, self.expires, &self.signature);
        if signature::keys(&report, keys).iter().any(is_of) && now < self.expires {
            Ok(report)
        } else {
            Err(Fault::NotFound.into())
        }
    }
}
