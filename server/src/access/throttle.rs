//! Counts tries in the database, so that limits hold across replicas and restarts.
//!
//! What can fail ([`attempt`]) counts only when it does. Until it has ended it is reserved in memory, so that many at
//! once get no further than one after the other; of several replicas each may admit up to a limit at once, before it
//! hears of the others. Failures of many are written down together. Whoever is refused is remembered until the window
//! ends ([`Memory`]): a flood of refused requests reads and writes nothing.

mod memory;

use std::fmt::Display;

use domain::{
    Fault, Network, Timestamp,
    limit::{Brake, Limit, SignIn},
    timestamp::SECOND,
};

pub use memory::Memory;

use crate::{
    access::secret::fingerprint,
    fault::Trouble,
    store::{
        DbErr, Store, Work,
        throttle::{self, Window},
    },
};

/// How far the clocks of replicas may be apart, in milliseconds. A window that ends later than one that begins now, and
/// by more than this, was begun under a clock that has been set back: it is over.
pub(crate) const SKEW: i64 = 10 * SECOND;

/// Somebody or something whose tries at one thing count together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    limit: Limit,
    /// SHA-256 of limit and subject, hexadecimal: neither table nor memory names anybody.
    key: String,
}

impl Count {
    /// The tries of one subject.
    #[must_use]
    pub fn of(limit: Limit, subject: impl Display) -> Self {
        Self { limit, key: fingerprint(format!("{}\n{subject}", limit.name)) }
    }

    /// The tries from a network and, more generously, from its whole site.
    #[must_use]
    pub fn from(limit: Limit, network: Network) -> Vec<Self> {
        let site = network.site().map(|site| Self::of(limit.of_site(), site));
        [Self::of(limit, network)].into_iter().chain(site).collect()
    }

    /// The tries at an account from a network and, more generously, from its whole site.
    fn at(limit: Limit, account: &str, network: Network) -> Vec<Self> {
        let site = network.site().map(|site| Self::of(limit.of_site(), format_args!("{account}\n{site}")));
        [Self::of(limit, format_args!("{account}\n{network}"))].into_iter().chain(site).collect()
    }

    fn is_over(&self, now: Timestamp, ends_at: Timestamp) -> bool {
        ends_at <= now || ends_at > now.plus(self.limit.window + SKEW)
    }

    /// How long the window that ends then still lasts; never longer than a window.
    fn rest(&self, now: Timestamp, ends_at: Timestamp) -> i64 {
        ends_at.since(now).clamp(1, self.limit.window)
    }
}

/// What slows tries at an account down.
#[derive(Clone, Debug)]
struct Braked {
    brake: Brake,
    /// The tries at the account, from wherever.
    account: Count,
    /// Those from this network, and from its site.
    own: Vec<Count>,
}

/// By what a try is counted, and from where it comes.
#[derive(Clone, Debug)]
pub struct Tries {
    counts: Vec<Count>,
    braked: Option<Braked>,
    /// Tried first: as long as it is not used up, nothing else counts.
    device: Option<Count>,
    network: Network,
}

impl Tries {
    /// Counted by these.
    #[must_use]
    pub fn of(counts: Vec<Count>, network: Network) -> Self {
        Self { counts, braked: None, device: None, network }
    }

    /// Tries at signing in to an account, existing or not; `device` is what the browser is known by.
    #[must_use]
    pub fn sign_in(rules: SignIn, account: &str, network: Network, device: Option<Count>) -> Self {
        let own = Count::at(rules.account, account, network);
        let counts = own.iter().cloned().chain(Count::from(rules.network, network)).collect();
        let braked = Some(Braked { brake: rules.brake, account: Count::of(rules.brake.limit, account), own });
        Self { counts, braked, device, network }
    }
}

/// Lets somebody try something, unless too many such tries have failed. The try counts if it ends with `failure`, or if
/// whoever made it does not wait for its end.
///
/// # Errors
/// [`Fault::TooManyAttempts`] with the milliseconds after which trying again makes sense; or what the try ended with; or
/// a database error.
pub async fn attempt<T>(
    store: &Store,
    now: Timestamp,
    tries: Tries,
    failure: Fault,
    deed: impl Future<Output = Result<T, Trouble>>,
) -> Result<T, Trouble> {
    let attempt = memory::begin(store, now, tries).await?;
    let outcome = deed.await;
    if matches!(&outcome, Err(Trouble::Known { fault, .. }) if *fault == failure) {
        attempt.failed().await?;
    } else {
        attempt.forgiven();
    }
    outcome
}

/// Counts what has already failed, such as opening a link that does not exist, and refuses it when there was too much of
/// it. What succeeds is never asked for.
///
/// # Errors
/// [`Fault::TooManyAttempts`] with the milliseconds until the window ends; or a database error.
pub async fn count(store: &Store, now: Timestamp, limit: Limit, network: Network) -> Result<(), Trouble> {
    memory::count(store, now, &Count::from(limit, network), network).await
}

/// How long the subjects of these counts have to wait, each for itself, as far as this server remembers.
#[must_use]
pub fn remembered<const N: usize>(store: &Store, now: Timestamp, counts: &[Count; N]) -> [Option<i64>; N] {
    store.tries().used_up(now, counts)
}

/// Counts in the transaction of what is counted. Returns which counts are beyond their limit thereby, and for how long:
/// whether that is too many is the caller's to say, who then drops the transaction.
///
/// Call it last: whoever locks these rows locks nothing after them, so no two transactions wait for each other.
///
/// # Errors
/// If the database fails.
pub async fn spend<const N: usize>(
    store: &Store,
    work: &Work,
    now: Timestamp,
    counts: &[Count; N],
) -> Result<[Option<i64>; N], DbErr> {
    let written = write(work, now, counts.iter().map(|count| (count, 1))).await?;
    let beyond = std::array::from_fn(|number| {
        let count = &counts[number];
        let row = written.iter().find(|row| row.key == count.key)?;
        (row.tries > count.limit.max).then(|| count.rest(now, row.ends_at))
    });
    // Of what is rolled back nothing is to be remembered but that there is no more.
    let used_up: Vec<_> =
        counts.iter().zip(&beyond).filter(|(_, beyond)| beyond.is_some()).map(|(count, _)| count).collect();
    store.tries().beyond(used_up.iter().copied());
    store.tries().hear(now, used_up, &written);
    Ok(beyond)
}

/// Counts several tries of `subject` at once. Returns how many there are now within the window, and when it ends.
///
/// # Errors
/// If the database fails; then nothing was counted.
pub async fn add(store: &Store, now: Timestamp, limit: Limit, subject: &str, tries: i64) -> Result<Window, DbErr> {
    let count = Count::of(limit, subject);
    let work = store.work().await?;
    let written = write(&work, now, [(&count, tries)]).await?;
    work.commit().await?;
    written.into_iter().next().ok_or_else(|| DbErr::RecordNotInserted)
}

/// Counts so many more tries each.
async fn write<'a>(
    work: &Work,
    now: Timestamp,
    tries: impl IntoIterator<Item = (&'a Count, i64)>,
) -> Result<Vec<Window>, DbErr> {
    let more = tries.into_iter().map(|(count, tries)| Window {
        key: count.key.clone(),
        tries,
        ends_at: now.plus(count.limit.window),
    });
    throttle::add(work, now, SKEW, more.collect()).await
}

/// Forgets windows that have ended.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    store.tries().sweep(now);
    let work = store.work().await?;
    throttle::sweep(&work, now).await?;
    Ok(work.commit().await?)
}
