//! Whether something that an operator has to look after works: a target, the mail server, BroadWorks, the database.
//!
//! Whoever uses it says after each use whether it did; the log has one line for each change, not one for each use. A
//! failure has a *cause*, a fixed word such as `"timeout"` or a fault's name. Another cause is another thing to fix and
//! has a line of its own, once per outage, so that two that alternate do not fill the log.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
};

use domain::{Timestamp, timestamp::SECOND};

/// What is known of one such thing. Shared by all who use it.
#[derive(Debug)]
pub struct Condition {
    what: &'static str,
    which: String,
    outage: Mutex<Option<Outage>>,
}

#[derive(Debug)]
struct Outage {
    since: Timestamp,
    told: BTreeSet<&'static str>,
}

impl Condition {
    /// Something that works until told otherwise: of what kind it is, and which one if there are several.
    #[must_use]
    pub fn new(what: &'static str, which: impl Into<String>) -> Self {
        Self { what, which: which.into(), outage: Mutex::default() }
    }

    /// It works. The first time after an outage that is told, with how long it lasted. Answers whether it was.
    pub fn works(&self, now: Timestamp) -> bool {
        let Some(ended) = self.lock().take() else { return false };
        let seconds = now.since(ended.since).max(0) / SECOND;
        tracing::info!(event = "works_again", what = self.what, which = self.which, seconds, "works again");
        true
    }

    /// It does not work, for this cause; told once per outage and cause. `detail` must name nobody (see
    /// [`crate::quotation`]). Answers whether it was told.
    pub fn fails(&self, now: Timestamp, cause: &'static str, detail: impl fmt::Display) -> bool {
        let first = self.lock().get_or_insert_with(|| Outage { since: now, told: BTreeSet::new() }).told.insert(cause);
        if first {
            let (what, which) = (self.what, self.which.as_str());
            tracing::warn!(event = "fails", what, which, cause, %detail, "does not work");
        }
        first
    }

    /// Since when it has not worked; nothing if it does.
    #[must_use]
    pub fn fails_since(&self) -> Option<Timestamp> {
        self.lock().as_ref().map(|outage| outage.since)
    }

    /// What was told of this outage.
    #[cfg(test)]
    pub(crate) fn told(&self) -> Vec<&'static str> {
        self.lock().as_ref().map(|outage| outage.told.iter().copied().collect()).unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Outage>> {
        self.outage.lock().unwrap_or_else(PoisonError::into_inner)
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
}
