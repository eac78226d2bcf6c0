//! One BroadWorks user id, one subscriber or workspace of a partner. Each table has an index of its own for that; this is
//! what holds between the two.

use std::collections::HashSet;

use domain::BroadWorksId;

use crate::store::{
    Database, DbErr, Stored, Subscriber, Tenant, Work, Workspace,
    user_id::{Turn, take_turns},
};

/// While this transaction gives ids to the partner's subscribers, no other one gives any to workspaces. Comes before every
/// other lock; subscribers do not wait for each other here.
///
/// # Errors
/// If the database fails.
pub async fn for_subscribers(work: &Work, tenant: Tenant) -> Result<(), DbErr> {
    take_turns(work, tenant, Turn::Together).await
}

/// While this transaction gives ids to the partner's workspaces, no other one gives any. Comes before every other lock.
///
/// # Errors
/// If the database fails.
pub async fn for_workspaces(work: &Work, tenant: Tenant) -> Result<(), DbErr> {
    alone(work, tenant).await
}

/// While this transaction lasts, nobody of the partner's arrives. Comes before every other lock: of two transactions that want one id,
/// each for another table, neither would see the other's row.
///
/// # Errors
/// If the database fails.
pub async fn alone(work: &Work, tenant: Tenant) -> Result<(), DbErr> {
    take_turns(work, tenant, Turn::Alone).await
}

/// Whether one of the partner's subscribers, or of its workspaces, has this id.
///
/// # Errors
/// If the database fails.
pub async fn has<S: Stored>(db: &impl Database, tenant: Tenant, id: &BroadWorksId) -> Result<bool, DbErr> {
    Ok(!S::with_ids(db, tenant, vec![id.key()]).await?.is_empty())
}

/// Which of these ids, by what they are compared by, a subscriber or workspace of the partner has.
///
/// # Errors
/// If the database fails.
pub async fn taken(
    db: &impl Database,
    tenant: Tenant,
    keys: impl IntoIterator<Item = String>,
) -> Result<HashSet<String>, DbErr> {
    let keys: Vec<_> = keys.into_iter().collect();
    let mut taken = Subscriber::with_ids(db, tenant, keys.clone()).await?;
    taken.extend(Workspace::with_ids(db, tenant, keys).await?);
    Ok(taken.into_iter().collect())
}
