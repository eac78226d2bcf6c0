//! How the database does, as those see it who call it.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use domain::Timestamp;
use sea_orm::DbErr;
use tokio::time::Instant;

use crate::{
    condition::Condition,
    store::{CONTENDED, DAMAGED, interruption, is_away},
};

/// Shared by everything that goes through one [`super::Store`].
pub(super) struct Health {
    began: Instant,
    reading: Condition,
    writing: Condition,
    reads: AtomicU64,
    writes: AtomicU64,
    failures: AtomicU64,
    /// When something was last written, in milliseconds since this began.
    written: AtomicU64,
    damaged: AtomicBool,
    /// Where that is noted, so that the next start knows of it.
    mark: Option<PathBuf>,
}

impl Health {
    pub(super) fn new(mark: Option<PathBuf>) -> Self {
        Self {
            began: Instant::now(),
            reading: Condition::new("database", "reading"),
            writing: Condition::new("database", "writing"),
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            written: AtomicU64::new(0),
            damaged: AtomicBool::new(false),
            mark,
        }
    }

    /// Grows whenever somebody is served: whoever waits sees by it that others get on.
    pub(super) fn moves(&self) -> u64 {
        self.reads.load(Ordering::Relaxed) + self.writes.load(Ordering::Relaxed)
    }

    /// The same, of those alone who write.
    pub(super) fn writers_move(&self) -> u64 {
        self.writes.load(Ordering::Relaxed)
    }

    /// Grows whenever the database could not be used.
    pub(super) fn failures(&self) -> u64 {
        self.failures.load(Ordering::Relaxed)
    }

    /// Notes that somebody may write.
    pub(super) fn begun(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes how something was read.
    pub(super) fn read<T>(&self, outcome: &Result<T, DbErr>) {
        match outcome {
            Ok(_) => {
                self.reads.fetch_add(1, Ordering::Relaxed);
                self.works(&self.reading);
            }
            Err(error) => self.failed(&self.reading, error),
        }
    }

    /// Notes that something was written, durably.
    pub(super) fn written(&self) {
        self.writes.fetch_add(1, Ordering::Relaxed);
        self.written.store(self.milliseconds(), Ordering::Relaxed);
        self.works(&self.writing);
    }

    /// Whether something was written of late.
    pub(super) fn has_written_within(&self, span: Duration) -> bool {
        let since = self.milliseconds().saturating_sub(self.written.load(Ordering::Relaxed));
        Duration::from_millis(since) <= span
    }

    /// Notes that something could not be written.
    pub(super) fn not_written(&self, error: &DbErr) {
        self.failed(&self.writing, error);
    }

    /// Whether reading fails, and whether writing does.
    pub(super) fn failing(&self) -> [bool; 2] {
        [&self.reading, &self.writing].map(|condition| condition.fails_since().is_some())
    }

    /// Whether the database's own file was found to be damaged. That does not pass.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// What is damaged works no more, whatever can be read of it still.
    fn works(&self, condition: &Condition) {
        if !self.is_damaged() {
            condition.works(self.now());
        }
    }

    fn failed(&self, condition: &Condition, error: &DbErr) {
        match interruption(error) {
            // What the database refuses is its answer; two who want the same row are no outage.
            None | Some(CONTENDED) => {}
            Some(cause) => {
                if cause == DAMAGED && !self.damaged.swap(true, Ordering::Relaxed) {
                    self.note(error);
                }
                self.failures.fetch_add(1, Ordering::Relaxed);
                if !is_away(cause) || condition.fails_since().is_none() {
                    condition.fails(self.now(), cause, error);
                }
            }
        }
    }

    fn note(&self, damage: &DbErr) {
        let noted = self.mark.as_ref().map_or(Ok(()), |mark| std::fs::write(mark, format!("{damage}\n")));
        if let Err(error) = noted {
            tracing::warn!(event = "damage_not_noted", %error, "the next start will not know that the database was damaged");
        }
    }

    /// A condition only wants to know how long something lasted.
    fn now(&self) -> Timestamp {
        Timestamp(i64::try_from(self.milliseconds()).unwrap_or(i64::MAX))
    }

    fn milliseconds(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::RuntimeErr;

    use super::*;

    #[test]
    fn an_outage_that_shows_in_several_ways_is_told_once_and_another_trouble_besides() {
        let health = Health::new(None);
        let told = |health: &Health| health.writing.reported();
        let silent = DbErr::Conn(RuntimeErr::Internal(String::new()));
        let unreachable = DbErr::ConnectionAcquire(sea_orm::ConnAcquireErr::Timeout);
        health.not_written(&silent);
        health.not_written(&unreachable);
        assert_eq!(told(&health), ["silent"]);
        health.written();
        health.not_written(&unreachable);
        health.not_written(&silent);
        assert_eq!(told(&health), ["unreachable"]);
    }
}
