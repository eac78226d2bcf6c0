//! What goes wrong: how bad things are, and chance, which repeats with the seed. And the record of all that happened.

use std::{
    fmt::Display,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::{Arc, Mutex, MutexGuard},
};

use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use super::time::Time;

/// How bad things are: of a thousand calls so many.
#[derive(Clone, Copy, Debug, Default, Hash, PartialEq, Eq)]
pub struct Weather {
    /// Calls to the database that fail.
    pub database_fails: u32,
    /// Calls to the database that take their time.
    pub database_slow: u32,
    /// Calls to the target that do not go as they should.
    pub target: u32,
    /// Mails that do not go as they should.
    pub mail: u32,
    /// The target is down for everybody.
    pub target_down: bool,
    /// The mail server is down for everybody.
    pub mail_down: bool,
}

/// What a run's parts share: time, chance, the weather, and the record.
#[derive(Clone)]
pub struct Chance {
    pub time: Time,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    random: StdRng,
    weather: Weather,
    record: Vec<String>,
    /// What must never be, and was seen all the same.
    violations: Vec<String>,
}

impl Chance {
    pub fn new(time: Time) -> Self {
        let random = StdRng::seed_from_u64(0);
        let inner = Inner { random, weather: Weather::default(), record: Vec::new(), violations: Vec::new() };
        Self { time, inner: Arc::new(Mutex::new(inner)) }
    }

    /// From now on chance is that of this step of this run, whatever steps there were before it: so that a run goes on much as
    /// it did when one of them is left out.
    pub fn begin_step(&self, seed: u64, number: u64) {
        self.lock().random = StdRng::seed_from_u64(seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    }

    pub fn weather(&self) -> Weather {
        self.lock().weather
    }

    pub fn set_weather(&self, weather: Weather) {
        self.lock().weather = weather;
    }

    /// Whether something happens that does so many times of a thousand.
    pub fn happens(&self, of_a_thousand: u32) -> bool {
        of_a_thousand > 0 && self.lock().random.random_range(0..1_000) < of_a_thousand
    }

    pub fn between(&self, from: i64, to: i64) -> i64 {
        self.lock().random.random_range(from..to)
    }

    pub fn one_of<T: Copy>(&self, these: &[T]) -> T {
        these[self.lock().random.random_range(0..these.len())]
    }

    /// Writes down what happened.
    pub fn note(&self, what: impl Display) {
        let now = self.time.now();
        self.lock().record.push(format!("{now:>9} {what}"));
    }

    /// Writes down what must not be.
    pub fn violated(&self, what: impl Display) {
        let what = what.to_string();
        self.note(format_args!("VIOLATED: {what}"));
        self.lock().violations.push(what);
    }

    pub fn violation(&self) -> Option<String> {
        self.lock().violations.first().cloned()
    }

    pub fn record(&self) -> Vec<String> {
        self.lock().record.clone()
    }

    /// Two runs with the same are the same.
    pub fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.lock().record.hash(&mut hasher);
        hasher.finish()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}
