//! Directory sync: what is known of a customer's BroadWorks users who are neither subscribers nor workspaces.
//!
//! A sync reads the enterprise's directory at BroadWorks and keeps a copy of it: users come, change and go as they do
//! there. It never makes a subscriber, and changes none: those come by an order, and so do their names and numbers. A user
//! who has become a subscriber, or a workspace, is no longer an *external user* and leaves the copy with the next sync.
//!
//! While it is switched on it is carried out at once and then once a day, or when somebody asks for it. A part of the
//! directory, the counts and where to go on are one transaction: after a crash it goes on where it stood. Switching it
//! off forgets what it knows: nobody would keep that true any more.

mod directories;
mod syncer;

pub use directories::Directories;
pub use syncer::Syncer;

use std::collections::HashMap;

use domain::{BroadWorksId, Fault, audit::Deed};

use crate::{
    broadworks::{EnterpriseDirectory, Person},
    environment::Environment,
    fault::Trouble,
    provisioning::user_id::taken,
    store::{
        Actor, Customer, DbErr, DirectorySync, Store, Tenant, Work, audit,
        directory_sync::{self, Status},
        external_user::{self, ExternalUser},
    },
};

/// What a sync did with one user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The user is now known.
    Add,
    /// What is known of the user has changed.
    Update,
    /// The user is no longer known.
    Delete,
    /// Nothing.
    Nothing,
}

/// The sync of a customer, if it is switched on.
///
/// # Errors
/// [`Fault::DirectorySyncOff`] if it is not, or a database error.
pub async fn find(store: &Store, customer: &Customer) -> Result<DirectorySync, Trouble> {
    let found = directory_sync::find(store.read(), customer).await?;
    found.ok_or_else(|| Fault::DirectorySyncOff.into())
}

/// Switches it on: it is then due at once. It stays as it is if it was on.
///
/// # Errors
/// If the database fails.
pub async fn switch_on(
    store: &Store,
    environment: &Environment,
    customer: &Customer,
    actor: &Actor,
) -> Result<DirectorySync, Trouble> {
    let now = environment.now();
    let new = DirectorySync {
        customer_id: customer.id,
        status: Status::NotSynced,
        due_at: now,
        lease_until: now,
        claim: environment.id(),
        run: 0,
        position: 1,
        attempts: 0,
        added: 0,
        updated: 0,
        deleted: 0,
        total: 0,
        fault: None,
        started_at: None,
        ended_at: None,
        succeeded_at: None,
        tracking_id: None,
    };
    let work = store.work().await?;
    if directory_sync::find(&*work, customer).await?.is_none() {
        did(&work, environment, customer, actor, Deed::SyncSwitchedOn).await?;
    }
    directory_sync::insert(&work, new).await?;
    let on = lock(&work, customer).await?;
    work.commit().await?;
    Ok(on)
}

async fn did(
    work: &Work,
    environment: &Environment,
    customer: &Customer,
    actor: &Actor,
    deed: Deed,
) -> Result<(), Trouble> {
    audit::record(work, environment, Tenant::of_customer(customer), actor, (deed, Some(customer.id.into()))).await
}

/// Switches it off, and forgets what it knows.
///
/// # Errors
/// If the database fails.
pub async fn switch_off(
    store: &Store,
    environment: &Environment,
    customer: &Customer,
    actor: &Actor,
) -> Result<(), Trouble> {
    let work = store.work().await?;
    if directory_sync::find(&*work, customer).await?.is_some() {
        did(&work, environment, customer, actor, Deed::SyncSwitchedOff).await?;
    }
    directory_sync::delete(&work, customer).await?;
    external_user::delete_all(&work, customer).await?;
    Ok(work.commit().await?)
}

/// Starts it: durably accepted once this returns. One that is under way goes on as it is.
///
/// # Errors
/// [`Fault::DirectorySyncOff`], or a database error.
pub async fn start(
    store: &Store,
    environment: &Environment,
    (customer, actor): (&Customer, &Actor),
    tracking_id: String,
) -> Result<DirectorySync, Trouble> {
    let work = store.work().await?;
    let sync = lock(&work, customer).await?;
    if sync.status == Status::InProgress {
        work.abandon().await?;
        return Ok(sync);
    }
    let begun = begin(sync, environment, tracking_id);
    directory_sync::save(&work, begun.clone()).await?;
    did(&work, environment, customer, actor, Deed::SyncStarted).await?;
    work.commit().await?;
    Ok(begun)
}

/// The sync at the beginning of a run, due now.
fn begin(before: DirectorySync, environment: &Environment, tracking_id: String) -> DirectorySync {
    let now = environment.now();
    DirectorySync {
        status: Status::InProgress,
        due_at: now,
        run: before.run + 1,
        position: 1,
        attempts: 0,
        added: 0,
        updated: 0,
        deleted: 0,
        fault: None,
        started_at: Some(now),
        ended_at: None,
        tracking_id: Some(tracking_id),
        ..before
    }
}

/// Syncs one user at once. Returns what is known of the user, or was, and what was done.
///
/// # Errors
/// [`Fault::DirectorySyncOff`]; [`Fault::UnknownResource`] for a user whom neither BroadWorks nor the copy knows at this
/// customer; [`Fault::DirectoryUnavailable`] if BroadWorks cannot be asked; or a database error.
pub async fn sync_user(
    store: &Store,
    directories: &Directories,
    customer: &Customer,
    user_id: &BroadWorksId,
) -> Result<(ExternalUser, Operation), Trouble> {
    find(store, customer).await?;
    let enterprise = &customer.sp_enterprise_id;
    let directory = directories.of(Tenant::of_customer(customer)).await?;
    let person = directory.user(enterprise, user_id).await.map_err(|error| {
        tracing::info!(%error, customer = %customer.id, "a user cannot be synced");
        Fault::DirectoryUnavailable
    })?;
    let work = store.work().await?;
    let sync = lock(&work, customer).await?;
    let known = external_user::find(&work, customer, user_id).await?;
    let there = person.map(|person| external_user(&sync, person));
    let ordered = !taken(&*work, Tenant::of_customer(customer), [user_id.key()]).await?.is_empty();
    let (shown, operation) = match (known, there) {
        (None, None) => return Err(Fault::UnknownResource.into()),
        (None, Some(there)) if ordered => (there, Operation::Nothing),
        (Some(known), None) => (forget(&work, known).await?, Operation::Delete),
        (Some(known), Some(_)) if ordered => (forget(&work, known).await?, Operation::Delete),
        (known, Some(there)) => {
            external_user::save(&work, vec![there.clone()]).await?;
            let operation = match known {
                None => Operation::Add,
                Some(known) if is_same(&known, &there) => Operation::Nothing,
                Some(_) => Operation::Update,
            };
            (there, operation)
        }
    };
    directory_sync::save(&work, count(&work, sync).await?).await?;
    work.commit().await?;
    Ok((shown, operation))
}

/// A sync that is switched on, locked until the transaction ends.
async fn lock(work: &Work, customer: &Customer) -> Result<DirectorySync, Trouble> {
    directory_sync::lock(work, customer).await?.ok_or_else(|| Fault::DirectorySyncOff.into())
}

/// Brings the copy up to date with a part of the directory. Returns how many users came and changed.
async fn copy(work: &Work, tenant: Tenant, sync: &DirectorySync, people: Vec<Person>) -> Result<(i64, i64), DbErr> {
    let mut shown: HashMap<_, _> =
        people.into_iter().map(|person| external_user(sync, person)).map(|user| (user.user_id.key(), user)).collect();
    for ordered in taken(&**work, tenant, shown.keys().cloned()).await? {
        shown.remove(&ordered);
    }
    let known = external_user::some(work, sync, shown.keys().cloned()).await?;
    let updated = known.iter().filter(|known| !is_same(known, &shown[&known.user_id.key()])).count();
    let added = shown.len() - known.len();
    external_user::save(work, shown.into_values().collect()).await?;
    Ok((number(added), number(updated)))
}

async fn forget(work: &Work, known: ExternalUser) -> Result<ExternalUser, DbErr> {
    external_user::delete(work, &known).await?;
    Ok(known)
}

/// Forgets whom the run did not see; returns how many.
async fn forget_unseen(work: &Work, sync: &DirectorySync) -> Result<i64, DbErr> {
    let forgotten = external_user::delete_unseen(work, sync).await?;
    Ok(i64::try_from(forgotten).unwrap_or(i64::MAX))
}

/// The sync with the number of users that are known now.
async fn count(work: &Work, sync: DirectorySync) -> Result<DirectorySync, DbErr> {
    let total = i64::try_from(external_user::count(work, &sync).await?).unwrap_or(i64::MAX);
    Ok(DirectorySync { total, ..sync })
}

fn external_user(sync: &DirectorySync, person: Person) -> ExternalUser {
    ExternalUser {
        customer_id: sync.customer_id,
        user_id: person.user_id,
        first_name: person.first_name,
        last_name: person.last_name,
        phone: person.phone_number,
        extension: person.extension,
        mobile_phone: person.mobile_phone,
        run: sync.run,
    }
}

/// Whether both say the same of a user, whichever run saw it.
fn is_same(one: &ExternalUser, other: &ExternalUser) -> bool {
    *one == ExternalUser { run: one.run, ..other.clone() }
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
