//! Billing reports: what a partner is billed for one month.
//!
//! A report is a row that says who asked when for which month. Its content follows from the spans in `usage` by pure
//! rules (`domain::usage`) and is computed while it is downloaded: what happened after the report was made is not part
//! of it, so that it is the same whenever it is read.

mod csv;
mod period;
mod signature;

pub use csv::csv;
pub use period::BillingPeriod;
pub use signature::LIFETIME;

use domain::{Fault, Timestamp};
use sea_orm::{ActiveModelTrait as _, ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    environment::Environment,
    fault::Trouble,
    store::{Store, entity::billing_report},
};

/// Makes a report. There is nothing left to be done when this answers.
///
/// # Errors
/// [`Fault::BillingPeriodAhead`] for a month that has not begun, or a database error.
pub async fn create(
    store: &Store,
    environment: &Environment,
    (partner, token): (Uuid, Uuid),
    period: &BillingPeriod,
) -> Result<billing_report::Model, Trouble> {
    let now = environment.now();
    if period.window().from > now {
        return Err(Fault::BillingPeriodAhead.into());
    }
    let work = store.work().await?;
    let made = billing_report::ActiveModel {
        id: Set(environment.id()),
        partner_id: Set(partner),
        period: Set(period.as_str().to_owned()),
        created_by: Set(token),
        signing_key: Set(signature::key(environment)),
        created_at: Set(now.0),
    }
    .insert(&*work)
    .await?;
    work.commit().await?;
    Ok(made)
}

/// One of a partner's reports.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn find(store: &Store, partner: Uuid, id: Uuid) -> Result<billing_report::Model, Trouble> {
    let own = billing_report::Entity::find_by_id(id).filter(billing_report::Column::PartnerId.eq(partner));
    own.one(store.read()).await?.ok_or_else(|| Fault::NotFound.into())
}

/// Removes one of a partner's reports, and with it the addresses from which it could be downloaded.
///
/// # Errors
/// [`Fault::NotFound`], or a database error.
pub async fn remove(store: &Store, partner: Uuid, id: Uuid) -> Result<(), Trouble> {
    let work = store.work().await?;
    let removed = billing_report::Entity::delete_many()
        .filter(billing_report::Column::Id.eq(id))
        .filter(billing_report::Column::PartnerId.eq(partner))
        .exec(&*work)
        .await?;
    work.commit().await?;
    if removed.rows_affected == 0 { Err(Fault::NotFound.into()) } else { Ok(()) }
}

/// What lets somebody without a token download a report: until `expires` (epoch milliseconds), proven by `signature`.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Which report.
    pub report: Uuid,
    /// Until when.
    pub expires: Timestamp,
    /// That it was we who said so.
    pub signature: String,
}

impl Pass {
    /// For [`LIFETIME`] from now on. Costs no write and holds at every replica, for the key is the report's own.
    #[must_use]
    pub fn issue(report: &billing_report::Model, now: Timestamp) -> Self {
        let expires = now.plus(LIFETIME);
        Self { report: report.id, expires, signature: signature::sign(&report.signing_key, report.id, expires) }
    }

    /// The report that may be downloaded with it.
    ///
    /// # Errors
    /// [`Fault::NotFound`], whatever is wrong, or a database error.
    pub async fn redeem(&self, store: &Store, now: Timestamp) -> Result<billing_report::Model, Trouble> {
        let found = billing_report::Entity::find_by_id(self.report).one(store.read()).await?;
        let report = found.ok_or(Fault::NotFound)?;
        let genuine = signature::is_genuine(&report.signing_key, report.id, self.expires, &self.signature);
        if genuine && now < self.expires { Ok(report) } else { Err(Fault::NotFound.into()) }
    }
}
