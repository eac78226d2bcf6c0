//! What is billed: spans in which an account existed with one package under one BroadWorks id, and their days.
//!
//! A day is one of UTC's. A day that an account has begun counts once, with the package that it has last on that day:
//! what a change of package ends leaves the day of the change to what it begins.
//!
//! ```
//! use domain::{Timestamp, timestamp::{DAY, HOUR}, usage::{End, Span, Window}};
//!
//! let january = Window { from: Timestamp(0), until: Timestamp(31 * DAY) };
//! let noon = Timestamp(12 * HOUR);
//! let removed = Span { from: noon, until: Some(End { at: noon.plus(DAY), continued: false }) };
//! let changed = Span { from: noon, until: Some(End { at: noon.plus(DAY), continued: true }) };
//! assert_eq!(removed.within(january).unwrap().days, 2);
//! assert_eq!(changed.within(january).unwrap().days, 1);
//! ```

use crate::{
    Package,
    lifecycle::AtTarget,
    timestamp::{DAY, Timestamp},
};

/// As what an account is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// A subscriber, with this package.
    Package(Package),
    /// A workspace.
    Workspace,
}

impl Item {
    /// Its name on a bill and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Package(package) => package.as_str(),
            Self::Workspace => "workspace",
        }
    }

    /// The item of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        let is_workspace = name == Self::Workspace.as_str();
        if is_workspace { Some(Self::Workspace) } else { Package::parse(name).ok().map(Self::Package) }
    }
}

/// What of an account is billed, as long as it stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage<'a> {
    /// Under which BroadWorks id.
    pub user_id: &'a str,
    /// As what it is billed.
    pub item: Item,
}

impl<'a> Usage<'a> {
    /// What is billed of somebody of whom the target holds this: nothing unless the account is known to exist. One that
    /// is being changed or removed counts as it is until the target has said that it is done.
    #[must_use]
    pub fn of(at_target: AtTarget, user_id: &'a str, item: Item) -> Option<Self> {
        (at_target == AtTarget::Account).then_some(Self { user_id, item })
    }
}

/// What a change means for what is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// A span begins.
    Begins,
    /// The span ends.
    Ends,
    /// The span ends, and another one of the same account begins.
    Continues,
}

/// What a change from `before` to `after` means; `None` where nothing is billed.
#[must_use]
pub fn change(before: Option<Usage<'_>>, after: Option<Usage<'_>>) -> Change {
    match (before, after) {
        (None, Some(_)) => Change::Begins,
        (Some(_), None) => Change::Ends,
        (Some(before), Some(after)) if before != after => Change::Continues,
        _ => Change::Nothing,
    }
}

/// How a span ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The first moment that is not part of it.
    pub at: Timestamp,
    /// Whether the same account went on with another package or id.
    pub continued: bool,
}

/// One span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its first moment.
    pub from: Timestamp,
    /// Its end; `None` while it goes on.
    pub until: Option<End>,
}

/// What a bill looks at. It begins with a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment that is not part of it.
    pub until: Timestamp,
}

/// The part of a span that is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Billed {
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment that is not part of it.
    pub until: Timestamp,
    /// The days that count.
    pub days: i64,
}

impl Span {
    /// The part within a window; `None` if there is none.
    #[must_use]
    pub fn within(self, window: Window) -> Option<Billed> {
        let end = self.until.filter(|end| end.at < window.until);
        let (from, until) = (self.from.max(window.from), end.map_or(window.until, |end| end.at));
        if from >= until {
            return None;
        }
        let continued = end.is_some_and(|end| end.continued);
        let after = if continued { day(until) } else { day(until.plus(-1)) + 1 };
        Some(Billed { from, until, days: after - day(from) })
    }
}

const fn day(moment: Timestamp) -> i64 {
    moment.0.div_euclid(DAY)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::timestamp::HOUR;

    const BASIC: Item = Item::Package(Package::Basic);

    fn usage(item: Item) -> Option<Usage<'static>> {
        Usage::of(AtTarget::Account, "1@sp.com", item)
    }

    #[test]
    fn names_round_trip() {
        for item in Package::ALL.into_iter().map(Item::Package).chain([Item::Workspace]) {
            assert_eq!(Item::parse(item.as_str()), Some(item));
        }
        assert_eq!(Item::parse("platinum"), None);
    }

    #[test]
    fn only_an_account_that_is_known_to_exist_counts() {
        assert!(usage(BASIC).is_some());
        for at_target in [AtTarget::Nothing, AtTarget::Perhaps] {
            assert_eq!(Usage::of(at_target, "1@sp.com", BASIC), None);
        }
    }

    #[test]
    fn a_change_is_what_the_bill_can_tell() {
        let renamed = Usage::of(AtTarget::Account, "2@sp.com", BASIC);
        for (before, after, expected) in [
            (None, None, Change::Nothing),
            (None, usage(BASIC), Change::Begins),
            (usage(BASIC), usage(BASIC), Change::Nothing),
            (usage(BASIC), usage(Item::Package(Package::Premium)), Change::Continues),
            (usage(BASIC), renamed, Change::Continues),
            (usage(BASIC), None, Change::Ends),
        ] {
            assert_eq!(change(before, after), expected, "{before:?} {after:?}");
        }
    }

    #[test]
    fn a_window_cuts() {
        let window = Window { from: Timestamp(31 * DAY), until: Timestamp(59 * DAY) };
        let end = |at| Some(End { at: Timestamp(at), continued: false });
        let open = Span { from: Timestamp(0), until: None };
        assert_eq!(open.within(window), Some(Billed { from: window.from, until: window.until, days: 28 }));
        for (from, until) in [(0, 31 * DAY), (59 * DAY, 60 * DAY), (40 * DAY, 40 * DAY)] {
            let span = Span { from: Timestamp(from), until: end(until) };
            assert_eq!(span.within(window), None, "{from} {until}");
        }
        let last_moment = Span { from: Timestamp(59 * DAY - 1), until: None };
        assert_eq!(last_moment.within(window).map(|billed| billed.days), Some(1));
        // Nor can what goes on with another package from its end on: the day that was begun is this one's.
        let noon = Window { until: Timestamp(40 * DAY + 12 * HOUR), ..window };
        let changed = Span { from: Timestamp(40 * DAY), until: Some(End { at: noon.until, continued: true }) };
        assert_eq!(changed.within(noon).map(|billed| billed.days), Some(1));
        // What happens after the window cannot be seen in it.
        let later = Span { from: Timestamp(40 * DAY), until: end(70 * DAY) };
        assert_eq!(later.within(window), Span { until: None, ..later }.within(window));
    }

    proptest! {
        /// However often the package of an account changes, a day that it has begun is billed once.
        #[test]
        fn every_day_counts_once(
            first in 0..40 * DAY,
            lengths in prop::collection::vec(0..60 * HOUR, 1..12),
            open in any::<bool>(),
            from in 0_i64..60,
            length in 1..40 * DAY,
        ) {
            let window = Window { from: Timestamp(from * DAY), until: Timestamp(from * DAY + length) };
            let (mut at, last) = (first, lengths.len() - 1);
            let spans: Vec<_> = lengths.into_iter().enumerate().map(|(index, length)| {
                let from = Timestamp(at);
                at += length;
                let end = End { at: Timestamp(at), continued: index < last };
                Span { from, until: (index < last || !open).then_some(end) }
            }).collect();
            let end = if open { window.until.0 } else { at.min(window.until.0) };
            let begun: HashSet<_> = (first.max(window.from.0)..end).step_by(usize::try_from(HOUR).unwrap_or(1))
                .chain((end > first.max(window.from.0)).then_some(end - 1))
                .map(|moment| moment.div_euclid(DAY))
                .collect();
            let days: i64 = spans.iter().filter_map(|span| span.within(window)).map(|billed| billed.days).sum();
            prop_assert_eq!(usize::try_from(days), Ok(begun.len()));
            prop_assert!(spans.iter().filter_map(|span| span.within(window)).all(|billed| billed.days >= 0));
        }
    }
}
