//! When a deletion waits until somebody says yes: an accident elsewhere (a mass unassign in BroadWorks, a script with the wrong
//! list) must not take a partner's users away within minutes.

use crate::timestamp::HOUR;

/// Over how long deletions are counted, in milliseconds.
pub const WINDOW: i64 = HOUR;
/// How many users of a partner may be deleted in that time without being asked for twice, where nobody has set another number.
pub const THRESHOLD: i32 = 100;
/// The most that can be set: then practically none waits.
pub const MOST: i32 = 1_000_000;

/// Whether so many deletions wait that are asked for now, when so many were asked for in the window already. Those that are asked for
/// together wait together: half of an accident is one, too.
///
/// ```
/// use domain::deletion::waits;
///
/// assert!(!waits(99, 1, 100));
/// assert!(waits(100, 1, 100), "the hundred and first");
/// assert!(waits(0, 12_000, 100), "a whole file");
/// ```
#[must_use]
pub const fn waits(before: i64, now: i64, threshold: i32) -> bool {
    before.saturating_add(now) > threshold as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_the_threshold_nobody_waits_and_beyond_it_everybody_who_is_asked_for_together() {
        for threshold in [1, THRESHOLD, MOST] {
            let most = i64::from(threshold);
            assert!(!waits(0, most, threshold) && !waits(most - 1, 1, threshold));
            assert!(waits(0, most + 1, threshold) && waits(most, 1, threshold));
        }
        assert!(waits(0, 1, 0), "with none allowed each one waits");
    }
}
