//! Whose failure a failed attempt is: that of its order, or that of the service that all orders depend on.
//!
//! A target that is down, or that refuses our credentials, fails every order that it is asked for; an order that a
//! target cannot digest fails alone. Only the second loses attempts and ends in `error`. The first is the service's
//! state: whatever needs it waits, however long that takes, and goes on by itself.
//!
//! | beside the failed attempt | it is the failure of |
//! |---|---|
//! | the service rests already | the service |
//! | a plain question to it is not answered either | the service |
//! | another order has failed too since it last did what it was asked | the service |
//! | it answers the question, and nobody else has failed | the order |
//! | nothing is known ([`Sign::Unknown`]), and it has just done something for somebody else | the order |
//! | nothing is known, and it has not | the service |
//!
//! After [`FAILURES`] failures in a row the service rests: its orders are left alone, and one attempt at a time shows
//! whether it is back. Credentials that are refused by a service which refuses the plain question too need no second
//! proof.
//!
//! ```
//! use domain::{Fault, Timestamp, outage::{Blame, Failure, Health, Sign}};
//!
//! let mut health = Health::default();
//! let failure = |sign| Failure { fault: Fault::TargetUnavailable, sign, retry_after: None };
//! let now = Timestamp(0);
//! assert_eq!(health.failed(1, failure(Sign::Answers), now, 0.5).blame, Blame::Order);
//! assert_eq!(health.failed(2, failure(Sign::Answers), now, 0.5).blame, Blame::Service);
//! ```

use crate::{
    fault::Fault,
    retry,
    timestamp::{MINUTE, SECOND, Timestamp},
};

/// How many failures in a row, with nothing done between them, are taken for an outage.
pub const FAILURES: u32 = 5;
/// How long a trial may take before another one is made, in milliseconds.
pub const TRIAL: i64 = MINUTE;
/// How long somebody else's failure says something of the service, in milliseconds: longer than any order pauses.
const FRESH: i64 = 10 * MINUTE;

/// The first rest; each failed trial doubles it up to the longest. Both in milliseconds.
#[derive(Clone, Copy)]
struct Ladder {
    first: i64,
    longest: i64,
}

/// What is down may be back at any moment.
const DOWN: Ladder = Ladder { first: 5 * SECOND, longest: MINUTE };
/// Somebody has to fix it, and who tries a wrong password too often is locked out.
const REFUSED: Ladder = Ladder { first: 30 * SECOND, longest: 5 * MINUTE };

/// Whether the service answers anybody at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// It answered a plain question at the time of the failure.
    Answers,
    /// It was not asked.
    Unknown,
    /// It did not answer that one either.
    Silent,
}

/// Who is to blame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The order's: it has lost an attempt.
    Order,
    /// The service's: the order has lost nothing.
    Service,
}

/// A failed attempt, and what is known beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong with the service.
    pub fault: Fault,
    /// Whether it answers anybody at all.
    pub sign: Sign,
    /// How many milliseconds it asked to be left alone.
    pub retry_after: Option<i64>,
}

/// What follows from a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Who is to blame.
    pub blame: Blame,
    /// If it was the service's: how many milliseconds the order waits for its next attempt.
    pub wait: i64,
}

/// An outage, as long as it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The first failure after the service last did what it was asked.
    pub since: Timestamp,
    /// What the last failure was.
    pub cause: Fault,
}

/// How a service has done of late; `K` names orders.
#[derive(Clone, Debug)]
pub struct Health<K> {
    /// Whether it is known to have ever done anything.
    worked: bool,
    /// The orders whose attempts have failed since it last did what it was asked, and when; two are as good as all.
    failing: Vec<(K, Timestamp)>,
    /// When the first of them did.
    since: Option<Timestamp>,
    /// How many failures in a row were the service's own.
    failures: u32,
    rest: Option<Rest>,
}

#[derive(Clone, Copy, Debug)]
struct Rest {
    from: Timestamp,
    until: Timestamp,
    length: i64,
    trial: bool,
    cause: Fault,
}

impl<K> Default for Health<K> {
    fn default() -> Self {
        Self { worked: false, failing: Vec::new(), since: None, failures: 0, rest: None }
    }
}

impl<K: Copy + PartialEq> Health<K> {
    /// It has done what it was asked, or has refused an order for that order's own reasons. Returns the outage that this
    /// ends, if it does.
    pub fn responded(&mut self) -> Option<Outage> {
        let ended = self.outage();
        *self = Self { worked: true, ..Self::default() };
        ended
    }

    /// An attempt for this order has failed, and the service may have to be asked why. Returns whether nobody else is
    /// known to have failed: then it has to.
    pub fn suspect(&mut self, order: K, now: Timestamp) -> bool {
        let alone = self.rest.is_none() && self.is_alone(order, now);
        self.remember(order, now);
        alone
    }

    /// Nothing is tried for this order any more: what it met says nothing about the next one.
    pub fn forget(&mut self, order: K) {
        self.failing.retain(|(one, _)| *one != order);
        if self.failing.is_empty() && self.failures == 0 {
            self.since = None;
        }
    }

    /// An attempt for this order has failed; `chance` is a random number in `0.0..1.0`.
    pub fn failed(&mut self, order: K, failure: Failure, now: Timestamp, chance: f64) -> Verdict {
        let blame = self.blame(order, failure.sign, now);
        self.remember(order, now);
        self.since.get_or_insert(now);
        if blame == Blame::Order {
            return Verdict { blame, wait: 0 };
        }
        self.failures = self.failures.saturating_add(1);
        self.rest(failure, now);
        let wait = match self.rest {
            // Not at once when the rest is over: somebody else's attempt may tell more.
            Some(rest) => rest.until.since(now).max(0) + retry::pause(1, chance, SECOND, SECOND),
            None => retry::pause(self.failures, chance, SECOND, MINUTE),
        };
        Verdict { blame, wait: wait.max(failure.retry_after.unwrap_or(0)) }
    }

    fn blame(&self, order: K, sign: Sign, now: Timestamp) -> Blame {
        let service = self.rest.is_some()
            || !self.is_alone(order, now)
            || match sign {
                Sign::Answers => false,
                Sign::Silent => true,
                // The very first failure after a success tells nothing of the service.
                Sign::Unknown => !self.worked || self.since.is_some(),
            };
        if service { Blame::Service } else { Blame::Order }
    }

    fn rest(&mut self, failure: Failure, now: Timestamp) {
        let Failure { fault: cause, sign, retry_after } = failure;
        let Ladder { first, longest } = if lasts_until_fixed(cause) { REFUSED } else { DOWN };
        let beyond_doubt = lasts_until_fixed(cause) && sign == Sign::Silent;
        let length = match self.rest {
            None if self.failures < FAILURES && !beyond_doubt => return,
            None => first,
            Some(rest) if rest.trial => (2 * rest.length).clamp(first, longest),
            // An attempt that began before the rest.
            Some(_) => return,
        };
        let until = now.plus(length.max(retry_after.unwrap_or(0)));
        self.rest = Some(Rest { from: now, until, length, trial: false, cause });
    }

    fn is_alone(&self, order: K, now: Timestamp) -> bool {
        self.failing.iter().all(|(one, at)| *one == order || now.since(*at) > FRESH)
    }

    fn remember(&mut self, order: K, now: Timestamp) {
        self.failing.retain(|(one, _)| *one != order);
        self.failing.push((order, now));
        if self.failing.len() > 2 {
            self.failing.remove(0);
        }
    }

    /// The outage, while there is one.
    #[must_use]
    pub fn outage(&self) -> Option<Outage> {
        let cause = self.rest?.cause;
        Some(Outage { since: self.since?, cause })
    }

    /// When one attempt shows whether it is back, while it rests.
    #[must_use]
    pub fn next_trial(&self) -> Option<Timestamp> {
        self.rest.map(|rest| rest.until)
    }

    /// Whether its rest is over: one attempt may show whether it is back.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        // One that is still to begin was begun by a clock that ran ahead.
        self.rest.is_some_and(|rest| rest.until <= now || rest.from > now)
    }

    /// That attempt begins.
    pub const fn begin_trial(&mut self, now: Timestamp) {
        if let Some(rest) = &mut self.rest {
            (rest.from, rest.until, rest.trial) = (now, now.plus(TRIAL), true);
        }
    }
}

/// Whether this does not pass by itself, because the service refuses us and not an order.
#[must_use]
pub const fn lasts_until_fixed(fault: Fault) -> bool {
    matches!(
        fault,
        Fault::TargetUnauthorized
            | Fault::MailUnauthorized
            | Fault::MailTlsRequired
            | Fault::MailHostRefused
            | Fault::MailSenderRefused
    )
}

#[cfg(test)]
mod tests;
