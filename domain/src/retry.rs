//! When a failed attempt is tried again. Whether it counts at all is [`crate::outage`]'s to say.

use crate::timestamp::{DAY, HOUR, MINUTE, SECOND};

/// How many attempts a task gets before its subscriber goes to `error` with the last cause.
pub const MAX_ATTEMPTS: u32 = 8;

/// How long a service that answers may go on failing one order before that is the order's failure after all, however
/// many others it fails; and how long it may work on something, in milliseconds.
pub const PATIENCE: i64 = DAY;

const FIRST: i64 = SECOND;
const LONGEST: i64 = 5 * MINUTE;

/// The first pauses between the tries of one mail; [`HOUR`]s follow. Greylisting lets a mail through after some minutes,
/// so the first ones come sooner than RFC 5321 §4.5.4.1 asks of servers that have many mails in their queues.
const MAIL: [i64; 6] = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE];

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

/// How many milliseconds to wait after the receiving side has put a mail off for the `attempt`th time (from 1), or `None`
/// when it has done so for a whole day: RFC 5321 §4.5.4.1 asks for tries at growing intervals, and to give up no sooner
/// than after days; whoever waits in front of a page is told after one.
#[must_use]
pub fn mail_pause(attempt: u32, chance: f64) -> Option<i64> {
    let nth = |attempt: u32| MAIL.get(attempt.saturating_sub(1) as usize).copied().unwrap_or(HOUR);
    let waited: i64 = (1..attempt).map(nth).sum();
    // Never sooner, so that the day is a whole one.
    (waited < DAY).then(|| nth(attempt) + pause(1, chance, nth(attempt) / 10, HOUR))
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

    #[test]
    fn a_mail_is_tried_for_a_day_at_growing_intervals() {
        for chance in [0.0, 1.0] {
            let pauses: Vec<i64> = (1..).map_while(|attempt| mail_pause(attempt, chance)).collect();
            assert!(pauses.is_sorted(), "{pauses:?}");
            assert!((MINUTE..2 * MINUTE).contains(&pauses[0]) && pauses.iter().all(|pause| *pause < 67 * MINUTE));
            let day: i64 = pauses.iter().sum();
            assert!((DAY..30 * HOUR).contains(&day), "{day}");
            // Greylisting of five minutes costs fewer than ten.
            assert!(pauses[..3].iter().sum::<i64>() < 10 * MINUTE);
        }
    }

    #[test]
    fn mails_that_were_put_off_together_do_not_come_back_together() {
        assert_eq!(mail_pause(1, 1.0), Some(MINUTE + MINUTE / 10));
        assert_eq!(mail_pause(1, 0.0), Some(MINUTE + MINUTE / 20));
    }
}
