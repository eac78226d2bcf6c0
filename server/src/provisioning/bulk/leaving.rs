//! Who is about to be deleted: as long as the deletion is not carried out, it can be taken back, and nothing else is done for them.

use std::collections::HashMap;

use sea_orm::DbErr;

use super::{Action, fitting};
use crate::{
    fault::Trouble,
    store::{
        BulkJobId, Store, SubscriberId, Tenant, Window, Work,
        bulk_job::{self, BulkJob},
        subscriber::{self, Filter},
    },
};

/// Open pages hear whom a deletion is about, or is about no longer. Of a long one its beginning.
pub(super) async fn tell(work: &mut Work, tenant: Tenant, job: &BulkJob) -> Result<(), DbErr> {
    const TOLD: u64 = 100;
    if job.action != Action::Delete {
        return Ok(());
    }
    let window = Window { after: None, skip: None, most: TOLD };
    let rows = bulk_job::rows(&**work, job, Some(bulk_job::Wanted::Pending), window).await?.rows;
    let users = subscriber::some(&**work, tenant, rows.into_iter().filter_map(|row| row.subscriber_id)).await?;
    users.iter().for_each(|user| work.changed(user));
    Ok(())
}

/// Which of the tenant's users a deletion is about that is not carried out yet, and which one.
///
/// # Errors
/// If the database fails.
pub async fn leaving(
    store: &Store,
    tenant: Tenant,
    users: &[SubscriberId],
) -> Result<HashMap<SubscriberId, BulkJobId>, Trouble> {
    let deletions = bulk_job::open_deletions(store.read(), tenant).await?;
    if deletions.is_empty() || users.is_empty() {
        return Ok(HashMap::new());
    }
    let mut leaving: HashMap<_, _> =
        bulk_job::pending_about(store.read(), &deletions, users).await?.into_iter().collect();
    for job in &deletions {
        // Whom it selects are not all its rows yet.
        let Some(selection) = &job.selection else { continue };
        let filter = Filter { ids: Some(users.to_vec()), ..fitting(selection)? };
        let window = Window { after: None, skip: None, most: users.len() as u64 };
        let tenant = Tenant::of_selection(job, selection);
        let fitting = subscriber::newest_first(store.read(), tenant, &filter, window).await?.rows;
        leaving.extend(fitting.into_iter().map(|user| (user.id, job.id)));
    }
    Ok(leaving)
}
