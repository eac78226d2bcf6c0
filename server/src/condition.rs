//! Whether something that an operator has to look after works: a target, the mail server, BroadWorks, the database.
//!
//! Whoever uses it says after each use whether it did; the log has one line for each change, not one for each use. A
//! failure has a *cause*, a fixed word such as `"timeout"` or a fault's name. Another cause is another thing to fix and
//! has a line of its own, once per outage, so that two that alternate do not fill the log.
//!
//! Nor do failures and successes that alternate, as on a disk with room for what is small: what fails again soon after an outage has
//! an outage that ends only when it has worked for a while.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{
    Timestamp,
    timestamp::{MINUTE, SECOND},
};

/// How soon after an outage another one is the same trouble, in milliseconds.
const RELAPSE: i64 = MINUTE;
/// How long nothing may have failed before that is over, in milliseconds.
const STEADY: i64 = 30 * SECOND;

/// What is known of one such thing. Shared by all who use it.
#[derive(Debug)]
pub struct Condition {
    what: &'static str,
    which: String,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    outage: Option<Outage>,
    /// When the last one ended.
    ended: Option<Timestamp>,
}

#[derive(Debug)]
struct Outage {
    since: Timestamp,
    reported: BTreeSet<&'static str>,
    /// It began soon after another one.
    is_relapse: bool,
    failed: Timestamp,
    /// Whether it has worked since it failed last.
    works: bool,
}

impl Outage {
    fn is_over(&self, now: Timestamp) -> bool {
        // Time that runs backwards tells nothing.
        !self.is_relapse || !(0..STEADY).contains(&now.since(self.failed))
    }
}

impl Condition {
    /// Something that works until told otherwise: of what kind it is, and which one if there are several.
    #[must_use]
    pub fn new(what: &'static str, which: impl Into<String>) -> Self {
        Self { what, which: which.into(), known: Mutex::default() }
    }

    /// It works. The first time after an outage that is told, with how long it lasted; if it had failed again soon, once it has
    /// worked for a while. Returns whether it was.
    pub fn works(&self, now: Timestamp) -> bool {
        let Some(ended) = self.lock().worked(now) else { return false };
        let seconds = now.since(ended.since).max(0) / SECOND;
        tracing::info!(event = "works_again", what = self.what, which = self.which, seconds, "works again");
        true
    }

    /// It does not work, for this cause; told once per outage and cause. `detail` must name nobody (see
    /// [`crate::quotation`]). Returns whether it was told.
    pub fn fails(&self, now: Timestamp, cause: &'static str, detail: impl fmt::Display) -> bool {
        let first = self.lock().failed(now).reported.insert(cause);
        if first {
            let (what, which) = (self.what, self.which.as_str());
            tracing::warn!(event = "fails", what, which, cause, %detail, "does not work");
        }
        first
    }

    /// Since when it has not worked; nothing if it does.
    #[must_use]
    pub fn fails_since(&self) -> Option<Timestamp> {
        self.lock().outage.as_ref().filter(|outage| !outage.works).map(|outage| outage.since)
    }

    /// What was told of this outage.
    #[cfg(test)]
    pub(crate) fn reported(&self) -> Vec<&'static str> {
        self.lock().outage.as_ref().map(|outage| outage.reported.iter().copied().collect()).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn failed(&mut self, now: Timestamp) -> &mut Outage {
        let is_relapse = self.ended.is_some_and(|ended| (0..RELAPSE).contains(&now.since(ended)));
        let reported = BTreeSet::new();
        let begins = || Outage { since: now, reported, is_relapse, failed: now, works: false };
        let outage = self.outage.get_or_insert_with(begins);
        (outage.failed, outage.works) = (now, false);
        outage
    }

    /// The outage that ends by this.
    fn worked(&mut self, now: Timestamp) -> Option<Outage> {
        let outage = self.outage.as_mut()?;
        outage.works = true;
        let ended = self.outage.take_if(|outage| outage.is_over(now))?;
        self.ended = Some(now);
        Some(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changes_are_told() {
        let target = Condition::new("target", "scim");
        let at = |seconds: i64| Timestamp(seconds * SECOND);
        assert!(!target.works(at(0)), "it is expected to work");
        assert!(target.fails(at(1), "timeout", ""));
        assert!(!target.fails(at(2), "timeout", ""));
        assert!(target.fails(at(3), "unauthorized", "401"), "another cause is another thing to fix");
        assert!(!target.fails(at(4), "timeout", ""), "two causes that alternate do not fill the log");
        assert_eq!(target.fails_since(), Some(at(1)));
        assert!(target.works(at(5)) && !target.works(at(6)));
        assert_eq!(target.fails_since(), None);
        assert!(target.fails(at(7), "timeout", ""), "the next outage is another one");
    }

    /// As on a disk that has room for what is small.
    #[test]
    fn what_fails_and_works_by_turns_does_not_fill_the_log() {
        let disk = Condition::new("database", "writing");
        let at = |seconds: i64| Timestamp(seconds * SECOND);
        let told = (0..600).filter(|second| disk.fails(at(*second), "full", "") | disk.works(at(*second))).count();
        assert_eq!(told, 2, "it fails; it works; it fails again");
        assert_eq!(disk.fails_since(), None, "how it is now is known all the same");
        disk.fails(at(600), "full", "");
        assert!(disk.fails_since().is_some());
        assert!(!disk.works(at(629)) && disk.works(at(630)) && !disk.works(at(631)));
        assert!(disk.fails(at(700), "full", "") && disk.works(at(701)), "later is another time");
        assert!(disk.fails(at(702), "full", "") && disk.works(at(1)), "the clock was set back");
    }
}
