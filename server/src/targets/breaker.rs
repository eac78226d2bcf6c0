//! Spares a target that is down: after some failures in a row its tasks are left alone for a while, then one attempt
//! shows whether it is back. What waits meanwhile loses none of its attempts.
//!
//! Each server has its own view. They differ for seconds at most, and nothing but patience depends on it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use domain::{
    Timestamp,
    timestamp::{MINUTE, SECOND},
};

/// How many failures in a row, with no success between them, are taken for an outage.
const FAILURES: u32 = 5;
/// The first rest, in milliseconds; each failed trial doubles it.
const FIRST_REST: i64 = 5 * SECOND;
/// The longest rest.
const LONGEST_REST: i64 = MINUTE;
/// How long a trial may take before another one is made.
const TRIAL: i64 = MINUTE;

/// How a target has done of late.
#[derive(Clone, Copy, Debug)]
enum Health {
    /// It answers; so many failures in a row.
    Up(u32),
    /// It rests until then; how long the rest is, and whether a trial is under way meanwhile.
    Resting { until: Timestamp, rest: i64, trial: bool },
}

/// The circuit breakers of all targets, by name.
#[derive(Debug, Default)]
pub struct Breakers(Mutex<HashMap<String, Health>>);

/// Which targets are not simply worked on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// Whose tasks are left alone.
    pub all: Vec<String>,
    /// Those of them that are due for a trial: one attempt.
    pub due: Vec<String>,
}

impl Breakers {
    /// Which targets rest at this time.
    pub fn resting(&self, now: Timestamp) -> Resting {
        let mut resting = Resting::default();
        for (name, health) in self.lock().iter() {
            if let Health::Resting { until, .. } = health {
                resting.all.push(name.clone());
                if *until <= now {
                    resting.due.push(name.clone());
                }
            }
        }
        resting
    }

    /// An attempt begins that shows whether a resting target is back.
    pub fn trial(&self, target: &str, now: Timestamp) {
        if let Some(Health::Resting { until, trial, .. }) = self.lock().get_mut(target) {
            (*until, *trial) = (now.plus(TRIAL), true);
        }
    }

    /// A target has answered, be it no.
    pub fn answered(&self, target: &str) {
        self.lock().remove(target);
    }

    /// A target failed; `retry_after` is how many milliseconds it asked to be left alone.
    pub fn failed(&self, target: &str, now: Timestamp, retry_after: Option<i64>) {
        let mut targets = self.lock();
        let health = targets.entry(target.to_owned()).or_insert(Health::Up(0));
        let rest = match *health {
            Health::Up(failures) if failures + 1 < FAILURES => {
                *health = Health::Up(failures + 1);
                return;
            }
            Health::Up(_) => FIRST_REST,
            Health::Resting { rest, trial: true, .. } => (2 * rest).min(LONGEST_REST),
            // An attempt that began before the rest.
            Health::Resting { trial: false, .. } => return,
        };
        *health = Health::Resting { until: now.plus(rest.max(retry_after.unwrap_or(0))), rest, trial: false };
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Health>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "directory";

    fn at(seconds: i64) -> Timestamp {
        Timestamp(seconds * SECOND)
    }

    fn down() -> Breakers {
        let breakers = Breakers::default();
        for _ in 0..FAILURES {
            breakers.failed(NAME, at(0), None);
        }
        breakers
    }

    #[test]
    fn failures_with_successes_between_them_are_no_outage() {
        let breakers = Breakers::default();
        for _ in 0..10 {
            for _ in 1..FAILURES {
                breakers.failed(NAME, at(0), None);
            }
            breakers.answered(NAME);
        }
        assert_eq!(breakers.resting(at(0)), Resting::default());
    }

    #[test]
    fn an_outage_is_a_rest_then_a_trial_then_a_longer_rest() {
        let breakers = down();
        let resting = |due: bool| {
            let all = vec![NAME.to_owned()];
            Resting { due: if due { all.clone() } else { vec![] }, all }
        };
        assert_eq!(breakers.resting(at(4)), resting(false));
        assert_eq!(breakers.resting(at(5)), resting(true));
        breakers.trial(NAME, at(5));
        assert_eq!(breakers.resting(at(5)), resting(false), "one at a time");
        breakers.failed(NAME, at(6), None);
        assert_eq!(breakers.resting(at(15)), resting(false), "twice as long");
        assert_eq!(breakers.resting(at(16)), resting(true));
        breakers.trial(NAME, at(16));
        breakers.answered(NAME);
        assert_eq!(breakers.resting(at(16)), Resting::default());
    }

    #[test]
    fn stragglers_do_not_prolong_a_rest() {
        let breakers = down();
        for _ in 0..20 {
            breakers.failed(NAME, at(1), None);
        }
        assert_eq!(breakers.resting(at(5)).due, [NAME]);
    }

    #[test]
    fn a_target_is_left_alone_as_long_as_it_asks() {
        let breakers = down();
        breakers.trial(NAME, at(5));
        breakers.failed(NAME, at(5), Some(300 * SECOND));
        assert!(breakers.resting(at(304)).due.is_empty());
        assert_eq!(breakers.resting(at(305)).due, [NAME]);
    }

    #[test]
    fn a_trial_that_never_ends_is_followed_by_another() {
        let breakers = down();
        breakers.trial(NAME, at(5));
        assert!(breakers.resting(at(64)).due.is_empty());
        assert_eq!(breakers.resting(at(65)).due, [NAME]);
    }
}
