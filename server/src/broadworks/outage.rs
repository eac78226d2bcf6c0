//! What keeps BroadWorks from checking passwords: noted when a sign-in found it out, for the hub and the operator.
//!
//! Each row is an address at which nothing came of it the last time; a reason names nobody. All servers share it.

use super::{Unavailable, XsiUrl};
use crate::{
    environment::Environment,
    store::{
        DbErr, Store,
        broadworks_outage::{self, Outage},
    },
};

/// Notes that BroadWorks could not be asked at this address, and why; since when is what it was noted first.
///
/// # Errors
/// If the database fails.
pub async fn begin(
    store: &Store,
    environment: &Environment,
    address: &XsiUrl,
    reason: &Unavailable,
) -> Result<(), DbErr> {
    let reason = reason.to_string();
    if at(store, address).await?.is_some_and(|known| known.reason == reason) {
        return Ok(());
    }
    let work = store.work().await?;
    let outage = Outage { reason, since: environment.now() };
    broadworks_outage::save(&work, address.as_str(), outage).await?;
    work.commit().await
}

/// Notes that BroadWorks answers at this address.
///
/// # Errors
/// If the database fails.
pub async fn end(store: &Store, address: &XsiUrl) -> Result<(), DbErr> {
    // Nearly always there is nothing to be ended, and nothing is written.
    if at(store, address).await?.is_none() {
        return Ok(());
    }
    let work = store.work().await?;
    broadworks_outage::delete(&work, address.as_str()).await?;
    work.commit().await
}

/// What was wrong at an address the last time.
///
/// # Errors
/// If the database fails.
pub async fn at(store: &Store, address: &XsiUrl) -> Result<Option<Outage>, DbErr> {
    broadworks_outage::at(store.read(), address.as_str()).await
}
