//! How a partner's onboarding goes: for the hub, the API and `flowthrough report`. Each number is a counter's or is read by an
//! index, and none of the queries grows with the users.

use std::{cmp::Reverse, collections::HashMap, hash::Hash};

use app::hub::model::{Counts, Day, Failing, Speed};
use domain::{StatusGroup, Timestamp, filter, timestamp::DAY};

use crate::{
    iso8601,
    store::{
        DbErr, Store, Subscriber, Tenant, Window,
        counter::{self, Number},
        daily_count::{self, day_of},
        subscriber::{self, Filter},
    },
};

/// How many days are drawn.
const DAYS: i64 = 30;
/// Of how many of the last accounts it is told how long they took.
const TIMED: u64 = 1_000;
/// How many errors are told.
const ERRORS: usize = 5;
/// How many of those who are stuck are named, and up to how many they are counted.
const NAMED: u64 = 5;
const COUNTED: u64 = 1_000;

/// Whose onboarding, and when.
pub struct Overview<'a> {
    /// Where it is written.
    pub store: &'a Store,
    /// Whose it is.
    pub tenant: Tenant,
    /// When it is looked at.
    pub now: Timestamp,
}

/// Who is stuck.
pub struct Stuck {
    /// How many they are.
    pub users: u32,
    /// Whether they are more than that.
    pub more: bool,
    /// Those who came first.
    pub first: Vec<Subscriber>,
}

impl Overview<'_> {
    /// How all users stand now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn users(&self) -> Result<Counts, DbErr> {
        let counts = counter::of_tenant(self.store.read(), self.tenant).await?;
        Ok(by_owner(counts).remove(&self.tenant.partner()).unwrap_or_default())
    }

    /// What the sweeper has written down, and of today what is known now. A day that nobody has written down ended as the one before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn days(&self, now: Counts) -> Result<Vec<Day>, DbErr> {
        let today = day_of(self.now);
        let from = today - DAYS + 1;
        let known = daily_count::since(self.store.read(), self.tenant, from).await?;
        let known: HashMap<i64, daily_count::Day> = known.into_iter().map(|day| (day.day, day)).collect();
        let activated = daily_count::activated_of(self.store.read(), self.tenant, today).await?;
        let mut last = (0, 0, 0);
        let day = |day: i64| {
            let found = known.get(&day);
            if let Some(day) = found {
                last = (number(day.provisioned), number(day.pending), number(day.error));
            }
            let (provisioned, pending, error) =
                if day == today { (now.provisioned, now.pending, now.error) } else { last };
            let activated = if day == today { number(activated) } else { found.map_or(0, |day| number(day.activated)) };
            let date = iso8601::format(Timestamp(day * DAY)).chars().take(10).collect();
            Day { date, provisioned, pending, error, activated }
        };
        Ok((from..=today).map(day).collect())
    }

    /// How long it took of late from arrival to account; none if nobody got one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn speed(&self) -> Result<Option<Speed>, DbErr> {
        let from = day_of(self.now) - DAYS + 1;
        let mut took = daily_count::durations(self.store.read(), self.tenant, from, TIMED).await?;
        took.sort_unstable();
        let part = |share: usize| took.get((took.len() * share).div_ceil(100).saturating_sub(1)).copied();
        let (Some(median), Some(most)) = (part(50), part(95)) else { return Ok(None) };
        Ok(Some(Speed { median, most, of: u32::try_from(took.len()).unwrap_or(u32::MAX) }))
    }

    /// Why users are in error, the commonest first.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn failing(&self) -> Result<Vec<Failing>, DbErr> {
        let found = counter::failing(self.store.read(), self.tenant).await?;
        let mut failing: Vec<Failing> =
            found.into_iter().map(|(fault, users, retry)| Failing { fault, users: number(users), retry }).collect();
        failing.sort_by_key(|failing| (Reverse(failing.users), failing.fault.code()));
        failing.truncate(ERRORS);
        Ok(failing)
    }

    /// Who is stuck for longer than three days.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stuck(&self) -> Result<Stuck, DbErr> {
        let filter = Filter { wanted: filter::Filter::stuck(), now: self.now, ..Filter::default() };
        let window = Window { after: None, skip: None, most: NAMED };
        let first = subscriber::oldest_first(self.store.read(), self.tenant, &filter, window).await?.rows;
        let users = subscriber::up_to(self.store.read(), self.tenant, &filter, COUNTED + 1).await?;
        Ok(Stuck { users: number(users.min(COUNTED).cast_signed()), more: users > COUNTED, first })
    }

    /// How many users wait for each target, and for the mail server.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn waiting(&self) -> Result<HashMap<String, u32>, DbErr> {
        let waiting = counter::waiting_of(self.store.read(), self.tenant).await?;
        Ok(waiting.into_iter().map(|(name, users)| (name, number(users))).collect())
    }
}

/// How the users of each owner stand.
#[must_use]
pub fn by_owner<Owner: Eq + Hash>(numbers: Vec<Number<Owner>>) -> HashMap<Owner, Counts> {
    let mut counts: HashMap<Owner, Counts> = HashMap::new();
    for Number { owner, status, users } in numbers {
        let counts = counts.entry(owner).or_default();
        let users = u32::try_from(users).unwrap_or_default();
        counts.total += users;
        match status.group() {
            StatusGroup::Provisioned => counts.provisioned += users,
            StatusGroup::Error => counts.error += users,
            StatusGroup::Pending => counts.pending += users,
        }
    }
    counts
}

fn number(users: i64) -> u32 {
    u32::try_from(users).unwrap_or(if users < 0 { 0 } else { u32::MAX })
}
