//! Whether this server can do its work: what `/readyz` answers.
//!
//! It is found out by doing: something is written as durably as everything else. However many ask, that happens once a
//! second at most; a caller meanwhile gets the same. No answer takes longer than [`PATIENCE`] by much.

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{
    environment::Environment,
    store::{Store, why},
};

/// How long what was found out is told.
const FRESH: Duration = Duration::from_secs(1);
/// How long finding out may take.
const PATIENCE: Duration = Duration::from_millis(1_800);
/// How long the engine may be silent: longer than it waits for a database that is away.
const SILENCE: Duration = Duration::from_secs(60);

/// What a server needs to do its work: the database, the engine, and that it is not about to stop.
pub const PARTS: [&str; 3] = ["database", "engine", "server"];

/// What cannot be relied on, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// One of [`PARTS`].
    pub part: &'static str,
    /// For whoever runs the server.
    pub why: String,
}

/// Finds out. Cheap to clone.
#[derive(Clone)]
pub struct Readiness {
    store: Store,
    environment: Environment,
    engine: Sign,
    stopping: Arc<AtomicBool>,
    last: Arc<Mutex<Option<Found>>>,
}

/// What was found out.
struct Found {
    at: Instant,
    /// How often the database could not be used until then.
    failures: u64,
    failing: Vec<Failing>,
}

impl Found {
    /// Whether it can still be told. All is well only as long as nobody has found otherwise.
    fn holds(&self, store: &Store) -> bool {
        self.at.elapsed() < FRESH && (!self.failing.is_empty() || self.failures == store.failures())
    }
}

impl Readiness {
    /// Of a server on this database, whose engine gives this sign of life.
    #[must_use]
    pub fn new(store: Store, environment: Environment, engine: Sign) -> Self {
        Self { store, environment, engine, stopping: Arc::default(), last: Arc::default() }
    }

    /// It is about to stop: from now on it is not ready.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether it is about to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// Whether the engine works, or waits for something that it may wait for.
    #[must_use]
    pub fn has_engine(&self) -> bool {
        self.engine().is_none()
    }

    /// What cannot be relied on now; nothing if all can.
    pub async fn failing(&self) -> Vec<Failing> {
        let mut failing = self.not_working().await;
        if self.is_stopping() {
            failing.push(Failing { part: "server", why: "it is about to stop".to_owned() });
        }
        failing
    }

    async fn not_working(&self) -> Vec<Failing> {
        let mut last = self.last.lock().await;
        if let Some(found) = last.as_ref().filter(|found| found.holds(&self.store)) {
            return found.failing.clone();
        }
        let at = Instant::now();
        let failing: Vec<_> = [self.database().await, self.engine()].into_iter().flatten().collect();
        *last = Some(Found { at, failures: self.store.failures(), failing: failing.clone() });
        failing
    }

    async fn database(&self) -> Option<Failing> {
        let why = match timeout(PATIENCE, self.store.beat(self.environment.now())).await {
            Ok(Ok(())) => return None,
            Ok(Err(error)) => why(error),
            // Others get on: there is only a long queue.
            Err(_) if self.store.has_written_within(PATIENCE) => return None,
            Err(_) => "it does not answer".to_owned(),
        };
        Some(Failing { part: "database", why })
    }

    fn engine(&self) -> Option<Failing> {
        let silent = self.engine.silent_for();
        (silent > SILENCE).then(|| Failing { part: "engine", why: format!("it is silent for {} s", silent.as_secs()) })
    }
}

/// A sign of life, given again and again.
#[derive(Clone, Debug)]
pub struct Sign(Arc<std::sync::Mutex<Instant>>);

impl Default for Sign {
    fn default() -> Self {
        Self(Arc::new(std::sync::Mutex::new(Instant::now())))
    }
}

impl Sign {
    /// Gives it.
    pub fn give(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How long ago it was given.
    #[must_use]
    pub fn silent_for(&self) -> Duration {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }
}
