//! Where time and randomness come from: the only place that takes them from the air.
//!
//! Everything else gets an [`Environment`], so that a test decides what time it is and what chance brings.

mod leaps;

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use futures::future::BoxFuture;
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};
use uuid::Uuid;

use leaps::Leaps;

/// A clock and a source of randomness. Cheap to clone.
#[derive(Clone)]
pub struct Environment {
    clock: Arc<dyn Clock>,
    leaps: Arc<Mutex<Leaps>>,
    random: Arc<Mutex<StdRng>>,
    last_id: Arc<Mutex<Uuid>>,
}

/// What tells the time, and lets it pass.
pub trait Clock: Send + Sync {
    /// What time it is.
    fn now(&self) -> Timestamp;

    /// How many milliseconds have passed, by what nobody sets. A clock that nobody sets is one itself.
    fn running(&self) -> i64 {
        self.now().0
    }

    /// Resolves after so long.
    fn sleep(&self, how_long: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(how_long))
    }
}

/// The system's clock, and since when it is looked at.
struct SystemClock(Instant);

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the one place")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    fn running(&self) -> i64 {
        i64::try_from(self.0.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// A clock that a test sets. It does not decide how long a wait takes.
#[derive(Clone)]
pub struct ManualClock {
    running: Arc<AtomicI64>,
    ahead: Arc<AtomicI64>,
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.running() + self.ahead.load(Ordering::SeqCst))
    }

    fn running(&self) -> i64 {
        self.running.load(Ordering::SeqCst)
    }
}

impl ManualClock {
    /// Lets `milliseconds` pass.
    pub fn advance(&self, milliseconds: i64) {
        self.running.fetch_add(milliseconds, Ordering::SeqCst);
    }

    /// Is set ahead by `milliseconds`, which have not passed; or back.
    pub fn set(&self, milliseconds: i64) {
        self.ahead.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Environment {
    /// The system's clock and the operating system's randomness.
    #[must_use]
    pub fn real() -> Self {
        Self::with(SystemClock(Instant::now()), StdRng::from_os_rng())
    }

    /// A clock that stands at `start` until it is told otherwise, and randomness that repeats.
    #[must_use]
    pub fn manual(start: Timestamp, seed: u64) -> (Self, ManualClock) {
        let clock = ManualClock { running: Arc::new(AtomicI64::new(start.0)), ahead: Arc::default() };
        (Self::of(clock.clone(), seed), clock)
    }

    /// A clock of the caller's own, and randomness that repeats.
    #[must_use]
    pub fn of(clock: impl Clock + 'static, seed: u64) -> Self {
        Self::with(clock, StdRng::seed_from_u64(seed))
    }

    fn with(clock: impl Clock + 'static, random: StdRng) -> Self {
        let leaps = Arc::new(Mutex::new(Leaps::from(clock.now(), clock.running())));
        Self { clock: Arc::new(clock), leaps, random: Arc::new(Mutex::new(random)), last_id: Arc::default() }
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How many milliseconds have passed, whatever the clock was set to.
    #[must_use]
    pub fn running(&self) -> i64 {
        self.clock.running()
    }

    /// What time it is, and by what time something is over that may happen for `longest` milliseconds: earlier, if the clock was set
    /// ahead within that span.
    #[must_use]
    pub fn settled(&self, longest: i64) -> (Timestamp, Timestamp) {
        // Looked at in turns: who looks at a clock that is set back, and is overtaken, would see one that is set ahead.
        let mut leaps = self.leaps.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        (now, leaps.settled(now, self.clock.running(), longest))
    }

    /// Resolves after so long.
    pub async fn sleep(&self, how_long: Duration) {
        self.clock.sleep(how_long).await;
    }

    /// Waits no longer than this. None if that was too short: also for whoever has stood still meanwhile, and finds that the
    /// outcome has come. What is too late goes on with nothing.
    pub async fn within<T>(&self, longest: Duration, what: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.sleep(longest) => None,
            outcome = what => Some(outcome),
        }
    }

    /// A new id: UUIDv7 (RFC 9562 §5.7), so that ids grow with time and an index stays compact. Within a millisecond
    /// they grow too (§6.2), and when the clock is set back: history is read in the order of ids.
    #[must_use]
    pub fn id(&self) -> Uuid {
        let mut random = [0; 10];
        self.fill(&mut random);
        let milliseconds = u64::try_from(self.now().0).unwrap_or(0);
        let drawn = uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid();
        let mut last = self.last_id.lock().unwrap_or_else(PoisonError::into_inner);
        *last = drawn.max(Uuid::from_u128(last.as_u128().saturating_add(1)));
        *last
    }

    /// A secret that cannot be guessed: 256 random bits, URL-safe.
    #[must_use]
    pub fn token(&self) -> String {
        let mut random = [0; 32];
        self.fill(&mut random);
        URL_SAFE_NO_PAD.encode(random)
    }

    /// A six-digit code.
    #[must_use]
    pub fn code(&self) -> String {
        format!("{:06}", self.random(|random| random.random_range(0..1_000_000)))
    }

    /// A number in `0.0..1.0`.
    #[must_use]
    pub fn chance(&self) -> f64 {
        self.random(|random| random.random())
    }

    /// Fills the slice with random bytes.
    pub fn fill(&self, bytes: &mut [u8]) {
        self.random(|random| random.fill_bytes(bytes));
    }

    fn random<T>(&self, draw: impl FnOnce(&mut StdRng) -> T) -> T {
        draw(&mut self.random.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_always_grow_and_repeat_with_the_seed() {
        let (environment, clock) = Environment::manual(Timestamp(1_700_000_000_000), 7);
        let first = environment.id();
        let mut last = first;
        for step in [0, 0, 0, 1, -5, 0, 10] {
            clock.advance(step);
            let next = environment.id();
            assert!(next > last && next.get_version_num() == 7);
            last = next;
        }
        assert_eq!(Environment::manual(Timestamp(1_700_000_000_000), 7).0.id(), first);
    }

    #[tokio::test]
    async fn whoever_stood_still_until_it_was_too_late_goes_on_with_nothing() {
        struct Leaps;
        impl Clock for Leaps {
            fn now(&self) -> Timestamp {
                Timestamp(0)
            }
            fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
                Box::pin(std::future::ready(()))
            }
        }
        let begun = std::cell::Cell::new(false);
        let outcome = Environment::of(Leaps, 1).within(Duration::from_secs(1), async { begun.set(true) }).await;
        assert_eq!((outcome, begun.get()), (None, false));
        assert_eq!(Environment::real().within(Duration::from_secs(60), async { 1 }).await, Some(1));
    }

    #[test]
    fn codes_have_six_digits() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        for _ in 0..1_000 {
            let code = environment.code();
            assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
    }
}
