//! When a failed attempt is tried again.

use crate::timestamp::{MINUTE, SECOND};

/// How many attempts a task gets before its subscriber goes to `error` with the last cause.
pub const MAX_ATTEMPTS: u32 = 8;

const FIRST: i64 = SECOND;
const LONGEST: i64 = 5 * MINUTE;

/// How many milliseconds to wait after failed attempt number `attempt` (from 1), or `None` when that was the last.
///
/// Exponential with full jitter in the upper half, so that a recovering target is not hit by all at once; `chance` is
/// a random number in `0.0..1.0`. A target's own `Retry-After` (milliseconds) is never undercut.
#[must_use]
pub fn backoff(attempt: u32, chance: f64, retry_after: Option<i64>) -> Option<i64> {
    if attempt >= MAX_ATTEMPTS {
        return None;
    }
    Some(pause(attempt, chance, FIRST, LONGEST).max(retry_after.unwrap_or(0)))
}

/// How many milliseconds to wait after failed attempt number `attempt` (from 1): about `first`, doubled with each one up
/// to `longest`, with full jitter in the upper half.
#[must_use]
pub fn pause(attempt: u32, chance: f64, first: i64, longest: i64) -> i64 {
    let ceiling = first.saturating_mul(1 << attempt.saturating_sub(1).min(20)).min(longest);
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "hours at the most")]
    let jittered = (ceiling as f64 * (0.5 + chance.clamp(0.0, 1.0) / 2.0)) as i64;
    jittered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_is_capped_and_ends() {
        assert_eq!(backoff(1, 1.0, None), Some(SECOND));
        assert_eq!(backoff(1, 0.0, None), Some(SECOND / 2));
        assert_eq!(backoff(3, 1.0, None), Some(4 * SECOND));
        assert_eq!(backoff(MAX_ATTEMPTS - 1, 1.0, None), Some(64 * SECOND));
        assert_eq!(backoff(MAX_ATTEMPTS, 1.0, None), None);
    }

    #[test]
    fn never_undercuts_what_the_target_asked_for() {
        assert_eq!(backoff(1, 1.0, Some(30 * SECOND)), Some(30 * SECOND));
        assert_eq!(backoff(5, 1.0, Some(1)), Some(16 * SECOND));
    }
}
