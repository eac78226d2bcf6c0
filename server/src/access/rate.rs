//! How many calls an API token, or an administrator in the hub, may make.
//!
//! A call is counted in memory; the count is settled with the one that all replicas share at the beginning of a window
//! and then once for every [`BATCH`]th part of the limit, so that a call costs no write. One server alone keeps the
//! limit exactly. Of several, each may admit up to one batch before it hears of the others: with *n* replicas no more
//! than *n*/[`BATCH`] of the limit is admitted beyond it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{Fault, Timestamp, limit::Limit};
use uuid::Uuid;

use crate::{
    access::throttle,
    fault::Trouble,
    store::{Store, interruption},
};

/// Into how many parts the limit is divided between settlements.
const BATCH: i64 = 20;

/// The calls of every caller in the current window. Cheap to clone.
#[derive(Clone)]
pub struct Rate {
    limit: Limit,
    refusal: Fault,
    windows: Arc<Mutex<HashMap<Uuid, Window>>>,
}

/// One caller's window.
struct Window {
    ends_at: Timestamp,
    /// What all replicas had counted when this one last asked.
    shared: i64,
    /// Calls on their way to the shared count.
    settling: i64,
    /// Calls that only this server knows of.
    pending: i64,
}

impl Window {
    const fn calls(&self) -> i64 {
        self.shared + self.settling + self.pending
    }
}

/// What is to be done with a call.
enum Verdict<'a> {
    Admit,
    Refuse(i64),
    /// Admit it if the shared count allows it.
    Settle(Settlement<'a>),
}

/// Calls on their way to the shared count; dropped before they got there, they are pending again.
struct Settlement<'a> {
    rate: &'a Rate,
    caller: Uuid,
    calls: i64,
}

impl Rate {
    /// At most `limit.max` calls within a window, per caller; more are refused by `refusal`.
    #[must_use]
    pub fn new(limit: Limit, refusal: Fault) -> Self {
        Self { limit, refusal, windows: Arc::default() }
    }

    /// Counts a call.
    ///
    /// # Errors
    /// The refusal with the milliseconds until the window ends; then the call is not counted. Or a
    /// database error.
    pub async fn admit(&self, store: &Store, now: Timestamp, caller: impl Into<Uuid>) -> Result<(), Trouble> {
        match self.judge(now, caller.into()) {
            Verdict::Admit => Ok(()),
            Verdict::Refuse(wait) => Err(Trouble::wait(self.refusal, wait)),
            Verdict::Settle(settlement) => settlement.settle(store, now).await,
        }
    }

    fn judge(&self, now: Timestamp, caller: Uuid) -> Verdict<'_> {
        let mut windows = self.lock();
        // One that ends later than a whole window from now was begun under a clock that has been set back.
        let latest = now.plus(self.limit.window + throttle::SKEW);
        let lasts = |window: &Window| window.ends_at > now && window.ends_at <= latest;
        let Some(window) = windows.get_mut(&caller).filter(|window| lasts(window)) else {
            windows.retain(|_, window| lasts(window));
            let ends_at = now.plus(self.limit.window);
            windows.insert(caller, Window { ends_at, shared: 0, settling: 1, pending: 0 });
            return Verdict::Settle(Settlement { rate: self, caller, calls: 1 });
        };
        if window.calls() >= self.limit.max {
            return Verdict::Refuse(window.ends_at.since(now).min(self.limit.window));
        }
        window.pending += 1;
        if window.settling == 0 && window.pending * BATCH >= self.limit.max {
            window.settling = std::mem::take(&mut window.pending);
            return Verdict::Settle(Settlement { rate: self, caller, calls: window.settling });
        }
        Verdict::Admit
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Settlement<'_> {
    async fn settle(mut self, store: &Store, now: Timestamp) -> Result<(), Trouble> {
        let limit = self.rate.limit;
        let counted = match throttle::add(&store.in_passing(), now, limit, &self.caller.to_string(), self.calls).await {
            Ok(counted) => counted,
            // Whoever only reads need not wait until the database can be written again. This server goes on counting alone.
            Err(error) if interruption(&error).is_some() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let ends_at = counted.ends_at;
        if let Some(window) = self.rate.lock().get_mut(&self.caller) {
            window.shared = counted.tries;
            window.settling = 0;
            window.ends_at = ends_at;
        }
        let others = counted.tries - self.calls;
        self.calls = 0;
        let wait = ends_at.since(now).min(limit.window);
        if others >= limit.max { Err(Trouble::wait(self.rate.refusal, wait)) } else { Ok(()) }
    }
}

impl Drop for Settlement<'_> {
    fn drop(&mut self) {
        if self.calls == 0 {
            return;
        }
        if let Some(window) = self.rate.lock().get_mut(&self.caller) {
            window.pending += std::mem::take(&mut window.settling);
        }
    }
}
