//! Who is about to be deleted: as long as the deletion is not carried out, it can be taken back, and nothing else is done for them.

use std::collections::HashMap;

use domain::bulk::Action;

use super::selection::fitting;
use crate::{
    fault::Trouble,
    store::{
        BulkJobId, DbErr, Store, SubscriberId, Tenant, Window, Work,
        bulk_job::{self, BulkJob},
        subscriber::{self, Filter},
    },
};

/// Open pages hear whom a deletion is about, or is about no longer. Of a long one its beginning.
pub(super) async fn notify_pages(work: &mut Work, tenant: Tenant, job: &BulkJob) -> Result<(), DbErr> {
    const NOTIFIED: u64 = 100;
    if job.action != Action::Delete {
        return Ok(());
    }
    let window = Window { after: None, skip: None, most: NOTIFIED };
    let rows = bulk_job::rows(&**work, job, Some(bulk_job::Wanted::Pending), window).await?.rows;
    let users = subscriber::some(&**work, tenant, rows.into_iter().filter_map(|row| row.subscriber_id)).await?;
    users.iter().for_each(|user| work.changed(user));
    Ok(())
}

/// A deletion that is not carried out yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaving {
    /// Which job it is.
    pub job: BulkJobId,
    /// Whether it waits for approval.
    pub staged: bool,
}

/// Which of the tenant's users a deletion is about that is to be carried out, and which one.
///
/// # Errors
/// If the database fails.
pub async fn leaving(
    store: &Store,
    tenant: Tenant,
    users: &[SubscriberId],
) -> Result<HashMap<SubscriberId, BulkJobId>, Trouble> {
    let going = about_to_go(store, tenant, users).await?.into_iter();
    Ok(going.filter(|(_, leaving)| !leaving.staged).map(|(user, leaving)| (user, leaving.job)).collect())
}

/// The same, also of those whose deletion waits for approval.
///
/// # Errors
/// If the database fails.
pub async fn about_to_go(
    store: &Store,
    tenant: Tenant,
    users: &[SubscriberId],
) -> Result<HashMap<SubscriberId, Leaving>, Trouble> {
    let deletions = bulk_job::open_deletions(store.read(), tenant).await?;
    if deletions.is_empty() || users.is_empty() {
        return Ok(HashMap::new());
    }
    // Of somebody about whom several are, one that is to be carried out says more.
    let leaving = |job: &BulkJob| Leaving { job: job.id, staged: job.staged_at.is_some() };
    let by_id: HashMap<_, _> = deletions.iter().map(|job| (job.id, leaving(job))).collect();
    let mut going = HashMap::new();
    let mut is_about = |user, leaving: Leaving| {
        if going.get(&user).is_none_or(|known: &Leaving| known.staged) {
            going.insert(user, leaving);
        }
    };
    for (user, job) in bulk_job::pending_about(store.read(), &deletions, users).await? {
        is_about(user, by_id[&job]);
    }
    for job in &deletions {
        // Whom it selects are not all its rows yet.
        let Some(selection) = &job.selection else { continue };
        let filter = Filter { ids: Some(users.to_vec()), ..fitting(selection)? };
        let window = Window { after: None, skip: None, most: users.len() as u64 };
        let tenant = Tenant::of_selection(job, selection);
        let fitting = subscriber::newest_first(store.read(), tenant, &filter, window).await?.rows;
        fitting.into_iter().for_each(|user| is_about(user.id, leaving(job)));
    }
    Ok(going)
}
