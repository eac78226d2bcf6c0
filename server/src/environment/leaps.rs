//! A clock that is set ahead, by hand or by whatever keeps it.
//!
//! Nothing has passed then, but for whoever goes by the clock: what was asked of a target a moment ago, and may still happen,
//! seems to be over. So for a while after a leap there are two times: the clock's, and the one before the leap, by which
//! something is over ([`Leaps::settled`]). Only the server that saw the leap knows of it: one that starts does not.

use domain::{Timestamp, timestamp::SECOND};

/// By how much a clock is set at least, in milliseconds: less is what keeps it right.
const LEAP: i64 = 5 * SECOND;

/// What a clock was set to, as far as somebody looked at it.
pub struct Leaps {
    /// What it said at the last look, and how much had passed, whatever it was set to.
    seen: (Timestamp, i64),
    /// By how much it was set ahead, in milliseconds.
    ahead: i64,
    /// How much had passed when it was last set ahead.
    since: i64,
}

impl Leaps {
    /// From a first look on.
    pub const fn from(now: Timestamp, running: i64) -> Self {
        Self { seen: (now, running), ahead: 0, since: 0 }
    }

    /// By what time something is over that takes `longest` milliseconds at the most: the clock's, unless it was set ahead
    /// within that span.
    pub fn settled(&mut self, now: Timestamp, running: i64, longest: i64) -> Timestamp {
        let by = now.since(self.seen.0) - (running - self.seen.1);
        self.seen = (now, running);
        if by > LEAP {
            let what = "the clock was set ahead: what may still happen is waited for as long as before";
            tracing::warn!(event = "clock_set_ahead", by, "{what}");
            (self.ahead, self.since) = (self.ahead + by, running);
        } else if by < -LEAP {
            self.ahead = (self.ahead + by).max(0);
        }
        if running - self.since >= longest {
            self.ahead = 0;
        }
        now.plus(-self.ahead)
    }
}

#[cfg(test)]
mod tests {
    use domain::timestamp::HOUR;

    use super::*;

    const LONGEST: i64 = 60 * SECOND;

    /// What is settled at each look: so much passes, and the clock is set by so much.
    fn looks<const N: usize>(looks: [(i64, i64); N]) -> [i64; N] {
        let (mut now, mut running) = (Timestamp(10 * HOUR), 0);
        let mut leaps = Leaps::from(now, running);
        looks.map(|(passes, by)| {
            running += passes;
            now = now.plus(passes + by);
            leaps.settled(now, running, LONGEST).since(Timestamp(10 * HOUR))
        })
    }

    #[test]
    fn what_takes_a_minute_takes_one_when_the_clock_is_set_ahead() {
        let settled = looks([(SECOND, 0), (SECOND, HOUR), (LONGEST - 1, 0), (1, 0)]);
        assert_eq!(settled, [SECOND, 2 * SECOND, LONGEST + 2 * SECOND - 1, HOUR + LONGEST + 2 * SECOND]);
    }

    #[test]
    fn what_keeps_a_clock_right_is_no_leap() {
        assert_eq!(looks([(HOUR, LEAP), (0, -LEAP)]), [HOUR + LEAP, HOUR]);
    }

    #[test]
    fn leaps_add_up_and_going_back_takes_them_away() {
        let settled = looks([(0, HOUR), (0, HOUR), (0, -HOUR), (0, -2 * HOUR)]);
        assert_eq!(settled, [0, 0, 0, -HOUR]);
    }
}
