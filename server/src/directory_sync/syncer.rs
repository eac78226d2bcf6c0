//! Carries syncs out, beside everything else.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{
    BroadWorksId, Fault,
    retry::pause,
    timestamp::{DAY, MINUTE, SECOND},
};

use super::{Directories, begin, copy, count, forget_unseen};
use crate::{
    broadworks::{DirectoryPage, EnterpriseDirectory, Unavailable},
    environment::Environment,
    fault::Trouble,
    lease::{self, Leased, Pace},
    store::{
        Customer, DbErr, DirectorySync, Store, Tenant, Work, customer,
        directory_sync::{self, Status},
        subscriber,
    },
};

/// How many parts of a directory are read before another customer has its turn.
const TURN: usize = 10;
/// How long a server may be silent before another one takes the sync over, in milliseconds: longer than BroadWorks may
/// take for everything that is asked before the lease is renewed.
const LEASE: i64 = 90 * SECOND;
/// How long to wait before looking for syncs again.
const POLL: Duration = Duration::from_secs(1);
/// How often BroadWorks is asked before a run has failed, and the pauses between, in milliseconds.
const ATTEMPTS: i32 = 5;
const FIRST_PAUSE: i64 = 5 * SECOND;
const LONGEST_PAUSE: i64 = 5 * MINUTE;
/// How long after a run the next one begins by itself, in milliseconds.
const AGAIN: i64 = DAY;
/// Through how many of a customer's subscribers the directory is looked for: one may be gone at BroadWorks.
const MEMBERS: u64 = 5;

/// Carries syncs out. Cheap to clone; one per server.
#[derive(Clone)]
pub struct Syncer {
    store: Store,
    environment: Environment,
    directories: Directories,
}

#[async_trait]
impl Leased for Syncer {
    type Item = DirectorySync;

    fn pace(&self) -> Pace {
        Pace { name: "directory syncs", at_once: 1, poll: POLL, renew: None, grace: Duration::ZERO }
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The sync that has been due for longest, begun if it was not: there is one at a time.
    async fn claim(&self, _most: usize) -> Result<Vec<DirectorySync>, Trouble> {
        let now = self.environment.now();
        if !directory_sync::is_due(self.store.read(), now).await? {
            return Ok(Vec::new());
        }
        let work = self.store.work().await?;
        let mut claimed = directory_sync::claim(&work, now, now.plus(LEASE), self.environment.id()).await?;
        if let Some(sync) = claimed.take_if(|sync| sync.status != Status::InProgress) {
            // Nobody asked for it: it is tracked by an id of its own.
            let sync = begin(sync, &self.environment, self.environment.id().to_string());
            directory_sync::save(&work, sync.clone()).await?;
            claimed = Some(sync);
        }
        work.commit().await?;
        Ok(claimed.into_iter().collect())
    }

    async fn carry_out(&self, sync: DirectorySync) -> Result<(), Trouble> {
        match self.go_on(sync.clone()).await {
            Ok(()) => Ok(()),
            // Another server has taken it over, or it was switched off.
            Err(Interrupted::Lost) => Ok(()),
            Err(Interrupted::Unavailable(error)) => {
                tracing::info!(%error, customer = %sync.customer_id, "a directory cannot be read");
                self.fail(&sync).await
            }
            Err(Interrupted::Trouble(trouble)) => Err(trouble),
        }
    }
}

impl Syncer {
    /// A syncer that reads these directories.
    #[must_use]
    pub fn new(store: Store, environment: Environment, directories: Directories) -> Self {
        Self { store, environment, directories }
    }

    /// Works until `stop` resolves; what is left then is gone on with by whoever is there next.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        lease::run(Arc::new(self), stop).await;
    }

    /// Gives one sync its turn. Returns whether one was due.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn turn(&self) -> Result<bool, Trouble> {
        lease::round(self, 1).await
    }

    /// Reads the directory from where the sync stands, for one turn or to the end.
    async fn go_on(&self, mut sync: DirectorySync) -> Result<(), Interrupted> {
        let customer = customer::of_sync(self.store.read(), &sync).await?;
        let customer = customer.ok_or(Interrupted::Lost)?;
        let directory = self.directories.of(Tenant::of_customer(&customer)).await?;
        let member = self.member(&directory, &customer).await?;
        for left in (0..TURN).rev() {
            let start = u32::try_from(sync.position).unwrap_or(u32::MAX);
            let page = directory.page(&customer.sp_enterprise_id, &member, start).await?;
            let last = page.next.is_none();
            sync = self.write(&customer, &sync, page, left == 0).await?;
            if last {
                break;
            }
        }
        Ok(())
    }

    /// A subscriber through whom the directory can be read: one whom BroadWorks knows at this customer.
    async fn member(
        &self,
        directory: &impl EnterpriseDirectory,
        customer: &Customer,
    ) -> Result<BroadWorksId, Interrupted> {
        for candidate in subscriber::ids_at(self.store.read(), customer, MEMBERS).await? {
            if directory.user(&customer.sp_enterprise_id, &candidate).await?.is_some() {
                return Ok(candidate);
            }
        }
        Err(Unavailable::OtherUser.into())
    }

    /// Writes a part of the directory down with where to go on; after the last one, the end of the run.
    async fn write(
        &self,
        customer: &Customer,
        sync: &DirectorySync,
        page: DirectoryPage,
        turn_ends: bool,
    ) -> Result<DirectorySync, Interrupted> {
        let now = self.environment.now();
        let work = self.store.work().await?;
        let mut sync = own(&work, sync).await?;
        let (added, updated) = copy(&work, Tenant::of_customer(customer), &sync, page.people).await?;
        sync.added += added;
        sync.updated += updated;
        sync.attempts = 0;
        sync.lease_until = if turn_ends || page.next.is_none() { now } else { now.plus(LEASE) };
        match page.next {
            Some(next) => {
                sync.position = i64::from(next);
                sync.due_at = now;
            }
            None => {
                sync.deleted = forget_unseen(&work, &sync).await?;
                sync = count(&work, sync).await?;
                sync.status = Status::Complete;
                sync.ended_at = Some(now);
                sync.succeeded_at = Some(now);
                sync.due_at = now.plus(AGAIN);
            }
        }
        directory_sync::save(&work, sync.clone()).await?;
        work.commit().await?;
        Ok(sync)
    }

    /// Has it tried again later, or gives the run up.
    async fn fail(&self, sync: &DirectorySync) -> Result<(), Trouble> {
        let now = self.environment.now();
        let work = self.store.work().await?;
        let mut sync = match own(&work, sync).await {
            Ok(sync) => sync,
            Err(Interrupted::Trouble(trouble)) => return Err(trouble),
            Err(_) => return Ok(()),
        };
        sync.attempts += 1;
        sync.lease_until = now;
        if sync.attempts < ATTEMPTS {
            let attempt = sync.attempts.unsigned_abs();
            sync.due_at = now.plus(pause(attempt, self.environment.chance(), FIRST_PAUSE, LONGEST_PAUSE));
        } else {
            sync.status = Status::Failed;
            sync.fault = Some(Fault::DirectoryUnavailable);
            sync.ended_at = Some(now);
            sync.due_at = now.plus(AGAIN);
            sync = count(&work, sync).await?;
        }
        directory_sync::save(&work, sync).await?;
        Ok(work.commit().await?)
    }
}

/// The sync as it is now, locked, if it is still the one that was claimed.
async fn own(work: &Work, claimed: &DirectorySync) -> Result<DirectorySync, Interrupted> {
    let current = directory_sync::current(work, claimed).await?;
    current.filter(|current| current.claim == claimed.claim).ok_or(Interrupted::Lost)
}

/// Why a turn ended before its time.
enum Interrupted {
    /// It is no longer this server's.
    Lost,
    /// BroadWorks could not be asked.
    Unavailable(Unavailable),
    /// Our own fault.
    Trouble(Trouble),
}

impl From<Unavailable> for Interrupted {
    fn from(error: Unavailable) -> Self {
        Self::Unavailable(error)
    }
}

impl From<Trouble> for Interrupted {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<DbErr> for Interrupted {
    fn from(error: DbErr) -> Self {
        Self::Trouble(error.into())
    }
}
