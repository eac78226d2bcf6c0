//! How long what is kept of people is kept: settings, and what is forgotten when its time is over.
//!
//! What ends by itself after hours or days (sessions, limits, answers of the API, deliveries) is not the operator's to set; see
//! docs/PRIVACY.md for all of it.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{Timestamp, timestamp::DAY};

use crate::{
    fault::Trouble,
    store::{StepId, Store, admission, audit, history, proof},
};

/// How many are forgotten in one transaction.
const AT_ONCE: u64 = 500;

/// How long what is kept. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Retention {
    /// What happened to those who are gone, and that they may come back; for good if none.
    pub gone: Option<Days>,
    /// Requests to prove an address that are over, and how their mails fared; as long as the user if none.
    pub mails: Option<Days>,
    /// What administrators, API clients and operators did; for good if none.
    pub audit: Option<Days>,
    /// Up to which step history has been looked through for those who are gone.
    looked_through: Arc<Mutex<Option<StepId>>>,
}

/// So many days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(pub u32);

impl Days {
    /// What was before this is over by now.
    fn before(self, now: Timestamp) -> Timestamp {
        now.plus(-DAY * i64::from(self.0))
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self::new(Some(Days(365)), Some(Days(90)), Some(Days(3 * 365)))
    }
}

impl Retention {
    /// Of these lengths.
    #[must_use]
    pub fn new(gone: Option<Days>, mails: Option<Days>, audit: Option<Days>) -> Self {
        Self { gone, mails, audit, looked_through: Arc::default() }
    }

    /// Forgets what has had its time.
    ///
    /// # Errors
    /// If the database fails; what is left is forgotten another time.
    pub async fn sweep(&self, store: &Store, now: Timestamp) -> Result<(), Trouble> {
        if let Some(mails) = self.mails {
            forget_old(store, Old::Mails, mails.before(now)).await?;
        }
        if let Some(audit) = self.audit {
            forget_old(store, Old::Deeds, audit.before(now)).await?;
        }
        if let Some(gone) = self.gone {
            self.forget_gone(store, gone.before(now)).await?;
        }
        Ok(())
    }

    async fn forget_gone(&self, store: &Store, before: Timestamp) -> Result<(), Trouble> {
        let work = store.work().await?;
        admission::forget(&work, before).await?;
        work.commit().await?;
        loop {
            let after = *self.looked_through.lock().unwrap_or_else(PoisonError::into_inner);
            let ends = history::ends(store.read(), after, before, AT_ONCE).await?;
            let Some((last, _)) = ends.last() else { return Ok(()) };
            let last = *last;
            for (_, owner) in ends {
                let work = store.work().await?;
                history::forget(&work, owner).await?;
                work.commit().await?;
            }
            *self.looked_through.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
        }
    }
}

/// What is forgotten by its age alone.
#[derive(Clone, Copy)]
enum Old {
    Mails,
    Deeds,
}

async fn forget_old(store: &Store, what: Old, before: Timestamp) -> Result<(), Trouble> {
    loop {
        let work = store.work().await?;
        let forgotten = match what {
            Old::Mails => proof::forget_old(&work, before, AT_ONCE).await?,
            Old::Deeds => audit::forget_old(&work, before, AT_ONCE).await?,
        };
        work.commit().await?;
        if forgotten < AT_ONCE {
            return Ok(());
        }
    }
}
