//! Where time and randomness come from: the only place that takes them from the air.
//!
//! Everything else gets an [`Environment`], so that a test decides what time it is and what chance brings.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::Timestamp;
use rand::{Rng, RngCore, SeedableRng, rngs::StdRng};
use uuid::Uuid;

/// A clock and a source of randomness. Cheap to clone.
#[derive(Clone)]
pub struct Environment {
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    random: Arc<Mutex<StdRng>>,
    last_id: Arc<Mutex<Uuid>>,
}

/// A clock that a test sets.
#[derive(Clone)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// Lets `milliseconds` pass.
    pub fn advance(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Environment {
    /// The system's clock and the operating system's randomness.
    #[must_use]
    pub fn real() -> Self {
        #[allow(clippy::disallowed_methods, reason = "this is the one place")]
        let clock = || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
            Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
        };
        Self { clock: Arc::new(clock), random: Arc::new(Mutex::new(StdRng::from_os_rng())), last_id: Arc::default() }
    }

    /// A clock that stands at `start` until it is told otherwise, and randomness that repeats.
    #[must_use]
    pub fn manual(start: Timestamp, seed: u64) -> (Self, ManualClock) {
        let now = Arc::new(AtomicI64::new(start.0));
        let clock = ManualClock(now.clone());
        let environment = Self {
            clock: Arc::new(move || Timestamp(now.load(Ordering::SeqCst))),
            random: Arc::new(Mutex::new(StdRng::seed_from_u64(seed))),
            last_id: Arc::default(),
        };
        (environment, clock)
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
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

    #[test]
    fn codes_have_six_digits() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        for _ in 0..1_000 {
            let code = environment.code();
            assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        }
    }
}
