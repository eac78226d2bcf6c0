//! The overview in the hub. Each number is a counter's or is read by an index, and none of the queries grows with the users.

use std::{cmp::Reverse, collections::HashMap};

use app::{
    backend::{Administrator, Overview},
    hub::model::{Counts, Day, Failing, Healthy, Quarantine, Service, ServiceState, Speed, Stuck},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Timestamp, filter, timestamp::DAY};

use super::{Filter, HubService, Ids, by_owner, ids};
use crate::{
    backend::Context,
    fault::Trouble,
    iso8601,
    provisioning::queue::MAIL,
    store::{
        Window, counter,
        daily_count::{self, day_of},
        subscriber, task, template,
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
/// Who is stuck, in the filter language.
const STUCK: &str = "stuck:>3d";

#[async_trait]
impl Overview for HubService {
    async fn overview(&self, administrator: &Administrator) -> Result<Healthy, Problem> {
        let Self(context) = self;
        context.told(async { context.healthy(&ids(administrator)?).await }.await)
    }
}

impl Context {
    async fn healthy(&self, ids: &Ids) -> Result<Healthy, Trouble> {
        let (db, now) = (self.store.read(), self.environment.now());
        let users = by_owner(counter::of_tenant(db, ids.tenant).await?).remove(&ids.tenant.partner());
        let users = users.unwrap_or_default();
        Ok(Healthy {
            days: self.days(ids, users).await?,
            speed: self.speed(ids).await?,
            errors: self.failing(ids).await?,
            stuck: self.stuck(ids).await?,
            services: self.services(ids).await?,
            overdue: task::due_since(db, now).await?,
            users,
        })
    }

    /// What the sweeper has written down, and of today what is known now. A day that nobody has written down ended as the one before.
    async fn days(&self, ids: &Ids, now: Counts) -> Result<Vec<Day>, Trouble> {
        let today = day_of(self.environment.now());
        let from = today - DAYS + 1;
        let known = daily_count::since(self.store.read(), ids.tenant, from).await?;
        let known: HashMap<i64, daily_count::Day> = known.into_iter().map(|day| (day.day, day)).collect();
        let activated = daily_count::activated_of(self.store.read(), ids.tenant, today).await?;
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

    async fn speed(&self, ids: &Ids) -> Result<Option<Speed>, Trouble> {
        let from = day_of(self.environment.now()) - DAYS + 1;
        let mut took = daily_count::durations(self.store.read(), ids.tenant, from, TIMED).await?;
        took.sort_unstable();
        let part = |share: usize| took.get((took.len() * share).div_ceil(100).saturating_sub(1)).copied();
        let (Some(median), Some(most)) = (part(50), part(95)) else { return Ok(None) };
        Ok(Some(Speed { median, most, of: u32::try_from(took.len()).unwrap_or(u32::MAX) }))
    }

    async fn failing(&self, ids: &Ids) -> Result<Vec<Failing>, Trouble> {
        let found = subscriber::failing(self.store.read(), ids.tenant).await?;
        let mut failing: Vec<Failing> =
            found.into_iter().map(|(fault, users, retry)| Failing { fault, users: number(users), retry }).collect();
        failing.sort_by_key(|failing| (Reverse(failing.users), failing.fault.code()));
        failing.truncate(ERRORS);
        Ok(failing)
    }

    async fn stuck(&self, ids: &Ids) -> Result<Stuck, Trouble> {
        let wanted = filter::Filter::parse(STUCK).unwrap_or_default();
        let filter = Filter { wanted, now: self.environment.now(), ..Filter::default() };
        let window = Window { after: None, skip: None, most: NAMED };
        let first = subscriber::oldest_first(self.store.read(), ids.tenant, &filter, window).await?.rows;
        let users = subscriber::up_to(self.store.read(), ids.tenant, &filter, COUNTED + 1).await?;
        Ok(Stuck {
            users: number(users.min(COUNTED).cast_signed()),
            more: users > COUNTED,
            first: self.hits(ids, first).await?,
        })
    }

    async fn services(&self, ids: &Ids) -> Result<Vec<ServiceState>, Trouble> {
        let db = self.store.read();
        let waiting = counter::waiting_of(db, ids.tenant).await?;
        let waiting: HashMap<String, i64> = waiting.into_iter().collect();
        let targets = template::targets(db, ids.tenant).await?;
        let state = |service, name: &str| ServiceState {
            service,
            name: name.to_owned(),
            waiting: number(waiting.get(name).copied().unwrap_or(0)),
            outage: self.breakers.outage(name).map(|outage| Quarantine {
                cause: outage.cause,
                since: outage.since,
                next: self.breakers.next_trial(name),
            }),
        };
        let accounts = targets.iter().map(|target| state(Service::Accounts, target));
        Ok(std::iter::once(state(Service::Mail, MAIL)).chain(accounts).collect())
    }
}

fn number(users: i64) -> u32 {
    u32::try_from(users).unwrap_or(if users < 0 { 0 } else { u32::MAX })
}
