//! What keeps BroadWorks from checking passwords: each row is an address at which nothing came of it the last time. All
//! servers and partners share it; a reason names nobody.

use domain::Timestamp;
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait as _, sea_query::OnConflict};

use super::{Work, entity::broadworks_outage};

/// What was wrong at an address the last time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Why nothing came of it.
    pub reason: String,
    /// When the outage began.
    pub since: Timestamp,
}

/// What was wrong at an address the last time.
///
/// # Errors
/// If the database fails.
pub async fn at(db: &impl ConnectionTrait, address: &str) -> Result<Option<Outage>, DbErr> {
    let found = broadworks_outage::Entity::find_by_id(address).one(db).await?;
    Ok(found.map(|row| Outage { reason: row.reason, since: Timestamp(row.since) }))
}

/// Notes what is wrong there; since when is what was noted first.
///
/// # Errors
/// If the database fails.
pub async fn save(work: &Work, address: &str, outage: Outage) -> Result<(), DbErr> {
    let row = broadworks_outage::ActiveModel {
        address: Set(address.to_owned()),
        reason: Set(outage.reason),
        since: Set(outage.since.0),
    };
    let known = OnConflict::column(broadworks_outage::Column::Address)
        .update_column(broadworks_outage::Column::Reason)
        .to_owned();
    broadworks_outage::Entity::insert(row).on_conflict(known).exec_without_returning(&**work).await.map(drop)
}

/// Notes that nothing is wrong there any more.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, address: &str) -> Result<(), DbErr> {
    broadworks_outage::Entity::delete_by_id(address).exec(&**work).await.map(drop)
}
