//! What keeps BroadWorks from checking passwords: noted when a sign-in found it out, for the hub and the operator.
//!
//! Each row is an address at which nothing came of it the last time; a reason names nobody. All servers share it.

use sea_orm::{
    ActiveModelTrait as _, ActiveValue::Set, DbErr, EntityTrait as _, IntoActiveModel as _, sea_query::OnConflict,
};

use super::{Unavailable, XsiUrl};
use crate::{
    environment::Environment,
    store::{Store, entity::broadworks_outage},
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
    let outage = broadworks_outage::ActiveModel {
        address: Set(address.as_str().to_owned()),
        reason: Set(reason),
        since: Set(environment.now().0),
    };
    let work = store.work().await?;
    broadworks_outage::Entity::insert(outage)
        .on_conflict(
            OnConflict::column(broadworks_outage::Column::Address)
                .update_column(broadworks_outage::Column::Reason)
                .to_owned(),
        )
        .exec_without_returning(&*work)
        .await?;
    work.commit().await
}

/// Notes that BroadWorks answers at this address.
///
/// # Errors
/// If the database fails.
pub async fn end(store: &Store, address: &XsiUrl) -> Result<(), DbErr> {
    // Nearly always there is nothing to be ended, and nothing is written.
    let Some(over) = at(store, address).await? else { return Ok(()) };
    let work = store.work().await?;
    over.into_active_model().delete(&*work).await?;
    work.commit().await
}

/// What was wrong at an address the last time.
///
/// # Errors
/// If the database fails.
pub async fn at(store: &Store, address: &XsiUrl) -> Result<Option<broadworks_outage::Model>, DbErr> {
    broadworks_outage::Entity::find_by_id(address.as_str()).one(store.read()).await
}
