//! What one server remembers of tries: those under way, failures that are not written down yet, and who is refused.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{Fault, Network, Timestamp, timestamp::SECOND};
use tokio::{runtime::Handle, sync::Semaphore};

use super::{Braked, Count, Tries, write};
use crate::{
    fault::Trouble,
    log::SECURITY,
    metrics::Metrics,
    store::{DbErr, Store, throttle},
};

/// How many may be slowed down at a time, newcomers aside: each holds a connection and nothing else.
const SLOWED: usize = 256;
/// How many failures may wait to be written down while the database is away.
const DUE: usize = 10_000;
/// Looking for what has ended begins here, and then with each doubling of what has not.
const FEW: usize = 1_024;
/// How many are remembered; beyond, only those under way are. The database still knows the others.
const MANY: usize = 100_000;

/// What this server remembers. Cheap to clone.
#[derive(Clone)]
pub struct Memory(Arc<Shared>);

struct Shared {
    metrics: Metrics,
    tallies: Mutex<Tallies>,
    /// Whoever has it writes down what is due; what fails meanwhile is written together afterwards. No request holds it.
    writing: tokio::sync::Mutex<()>,
    slowed: Semaphore,
}

struct Tallies {
    by_key: HashMap<String, Tally>,
    /// Failures to be written down.
    due: HashMap<String, (Count, i64)>,
    sweep_at: usize,
}

impl Default for Tallies {
    fn default() -> Self {
        Self { by_key: HashMap::new(), due: HashMap::new(), sweep_at: FEW }
    }
}

/// What is known of the tries of one subject.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    under_way: i64,
    /// Failures that are due or being written.
    unwritten: i64,
    /// Failures that the database had counted when this server last heard of it, and when their window ends.
    known: i64,
    ends_at: Timestamp,
    /// When the next try of a braked account may begin; of a network, when the last turn is that it was given there.
    next: Timestamp,
    /// When the next one of a newcomer to the account may begin.
    next_newcomer: Timestamp,
    /// Whether the log says of this window that it is used up.
    logged: bool,
}

impl Tally {
    fn known(&self, now: Timestamp, count: &Count) -> i64 {
        if count.is_over(now, self.ends_at) { 0 } else { self.known }
    }

    fn failures(&self, now: Timestamp, count: &Count) -> i64 {
        self.known(now, count) + self.unwritten
    }

    const fn is_idle(&self) -> bool {
        self.under_way == 0 && self.unwritten == 0
    }

    /// Whether there is nothing to remember.
    fn is_over(&self, now: Timestamp) -> bool {
        self.is_idle() && self.ends_at <= now && self.next <= now && self.next_newcomer <= now
    }
}

/// When a try may go on.
#[derive(Clone, Copy, Debug)]
struct Turn {
    /// In so many milliseconds.
    wait: i64,
    newcomer: bool,
}

impl Tallies {
    fn get(&self, count: &Count) -> Tally {
        self.by_key.get(&count.key).copied().unwrap_or_default()
    }

    fn of(&mut self, count: &Count, now: Timestamp) -> &mut Tally {
        if self.by_key.len() >= self.sweep_at {
            self.by_key.retain(|_, tally| !tally.is_over(now));
            if self.by_key.len() >= MANY {
                self.by_key.retain(|_, tally| !tally.is_idle());
            }
            self.sweep_at = FEW.max(2 * self.by_key.len());
        }
        self.by_key.entry(count.key.clone()).or_default()
    }

    /// How long a subject that has failed too often has to wait, if it has; `spare` more failures are let pass.
    fn used_up(&self, now: Timestamp, count: &Count, spare: i64) -> Option<i64> {
        let tally = self.by_key.get(&count.key)?;
        (tally.known(now, count) >= count.limit.max + spare).then(|| count.rest(now, tally.ends_at))
    }

    fn begin(&mut self, now: Timestamp, counts: &[Count]) {
        for count in counts {
            self.of(count, now).under_way += 1;
        }
    }

    fn end(&mut self, now: Timestamp, counts: &[Count], failed: bool) {
        for count in counts {
            let Some(tally) = self.by_key.get_mut(&count.key) else { continue };
            tally.under_way -= 1;
            if tally.is_over(now) && !failed {
                self.by_key.remove(&count.key);
            }
        }
        if failed {
            self.fail(now, counts);
        }
    }

    fn fail(&mut self, now: Timestamp, counts: &[Count]) {
        for count in counts {
            if self.due.len() >= DUE && !self.due.contains_key(&count.key) {
                continue;
            }
            self.due.entry(count.key.clone()).or_insert_with(|| (count.clone(), 0)).1 += 1;
            self.of(count, now).unwritten += 1;
        }
    }

    fn hear(&mut self, now: Timestamp, count: &Count, row: &throttle::Window) {
        let ends_at = row.ends_at;
        if count.is_over(now, ends_at) {
            return;
        }
        let tally = self.of(count, now);
        if tally.ends_at == ends_at {
            // Another reader may have heard of later failures before.
            tally.known = tally.known.max(row.tries);
        } else {
            *tally = Tally { known: row.tries, ends_at, logged: false, ..*tally };
        }
    }
}

impl Memory {
    /// Nothing yet. Refusals are counted there.
    #[must_use]
    pub fn new(metrics: Metrics) -> Self {
        let (tallies, writing) = (Mutex::default(), tokio::sync::Mutex::default());
        Self(Arc::new(Shared { metrics, tallies, writing, slowed: Semaphore::new(SLOWED) }))
    }

    /// Somebody is refused because of this limit.
    fn refusal(&self, count: &Count, wait: i64) -> Trouble {
        self.0.metrics.throttled(count.limit.name);
        Trouble::wait(Fault::TooManyAttempts, wait)
    }

    fn lock(&self) -> MutexGuard<'_, Tallies> {
        self.0.tallies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a try. Returns whether it is the only one under way from its network at a braked account.
    fn begin(&self, now: Timestamp, counts: &[Count], braked: Option<&Braked>) -> bool {
        let mut tallies = self.lock();
        let mut own = braked.into_iter().flat_map(|braked| &braked.own);
        let alone = own.all(|count| tallies.get(count).under_way == 0);
        tallies.begin(now, counts);
        alone
    }

    /// How long each of these has to wait, if it has.
    pub(super) fn used_up<const N: usize>(&self, now: Timestamp, counts: &[Count; N]) -> [Option<i64>; N] {
        let tallies = self.lock();
        std::array::from_fn(|number| tallies.used_up(now, &counts[number], 0))
    }

    /// Counts who is refused because of what was counted in a transaction.
    pub(super) fn beyond<'a>(&self, counts: impl IntoIterator<Item = &'a Count>) {
        for count in counts {
            self.0.metrics.throttled(count.limit.name);
        }
    }

    /// Remembers what the database has counted.
    pub(super) fn hear<'a>(
        &self,
        now: Timestamp,
        counts: impl IntoIterator<Item = &'a Count>,
        rows: &[throttle::Window],
    ) {
        let mut tallies = self.lock();
        for count in counts {
            if let Some(row) = rows.iter().find(|row| row.key == count.key) {
                tallies.hear(now, count, row);
            }
        }
    }

    /// Refuses whoever has failed too often.
    fn refuse(&self, now: Timestamp, counts: &[Count], spare: i64, network: Network) -> Result<(), Trouble> {
        let mut tallies = self.lock();
        let used_up = counts.iter().filter_map(|count| Some((count, tallies.used_up(now, count, spare)?)));
        let Some((count, wait)) = used_up.max_by_key(|(_, wait)| *wait) else { return Ok(()) };
        if !std::mem::replace(&mut tallies.of(count, now).logged, true) {
            let limit = count.limit.name;
            tracing::info!(target: SECURITY, event = "limit_reached", limit, %network, seconds = wait / SECOND, "refused");
        }
        Err(self.refusal(count, wait))
    }

    /// Refuses a try that would be one too many if those under way failed.
    fn admit(&self, now: Timestamp, counts: &[Count]) -> Result<(), Trouble> {
        let tallies = self.lock();
        let one_too_many = counts.iter().find(|count| {
            let tally = tallies.get(count);
            tally.failures(now, count) + tally.under_way > count.limit.max
        });
        // Those under way will have ended by then.
        one_too_many.map_or(Ok(()), |count| Err(self.refusal(count, SECOND)))
    }

    /// Takes the next turn at a braked account.
    ///
    /// Newcomers, from whose network and site nothing has failed there and nothing else was under way (`alone`), have a queue of
    /// their own in which nobody waits for longer than the longest pause: else whoever keeps a queue full, which costs
    /// nothing, would keep the owner out. Who has failed before is sent away when it is full, and has one place in it:
    /// whether or not he still waits there, since it is as cheap to hang up and queue again.
    fn take_turn(&self, now: Timestamp, braked: &Braked, alone: bool, network: Network) -> Result<Turn, Trouble> {
        let Braked { brake, account, own } = braked;
        // Later than ever, if the clock has been set back.
        let due = |at: Timestamp| if at > now.plus(2 * brake.longest) { now } else { at.max(now) };
        let mut tallies = self.lock();
        let newcomer = alone && own.iter().all(|count| tallies.get(count).failures(now, count) == 0);
        let place = own.iter().map(|count| due(tallies.get(count).next).since(now)).max().unwrap_or_default();
        let tally = tallies.of(account, now);
        let pause = brake.pause(tally.failures(now, account) + tally.under_way - 1);
        if pause > 0 && !std::mem::replace(&mut tally.logged, true) {
            let limit = account.limit.name;
            tracing::info!(target: SECURITY, event = "limit_slowed", limit, %network, "many tries at one account");
        }
        let queue = if newcomer { &mut tally.next_newcomer } else { &mut tally.next };
        let mut wait = due(*queue).since(now);
        if newcomer {
            wait = wait.min(brake.longest);
        } else if place > 0 || wait > brake.longest {
            return Err(self.refusal(account, wait.max(place)));
        }
        *queue = now.plus(wait + pause);
        for count in own {
            tallies.of(count, now).next = now.plus(wait);
        }
        Ok(Turn { wait, newcomer })
    }

    pub(super) fn sweep(&self, now: Timestamp) {
        self.lock().by_key.retain(|_, tally| !tally.is_over(now));
    }
}

/// A try under way. Dropped before it has ended, it has failed: whoever hangs up does not hear the outcome, but may have
/// had it looked for.
pub(super) struct Attempt {
    store: Store,
    now: Timestamp,
    counts: Vec<Count>,
    /// Not while it only waits.
    begun: bool,
}

impl Attempt {
    /// Counts it, together with what else fails at this time.
    pub(super) async fn failed(mut self) -> Result<(), DbErr> {
        self.end(true);
        written(&self.store, self.now).await
    }

    /// Does not count it.
    pub(super) fn forgiven(mut self) {
        self.end(false);
    }

    fn end(&mut self, failed: bool) {
        let counts = std::mem::take(&mut self.counts);
        self.store.tries().lock().end(self.now, &counts, failed);
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.counts.is_empty() {
            return;
        }
        self.end(self.begun);
        if self.begun
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn(write_due(self.store.clone(), self.now));
        }
    }
}

/// Begins a try, when it is its turn.
pub(super) async fn begin(store: &Store, now: Timestamp, tries: Tries) -> Result<Attempt, Trouble> {
    let Tries { counts, braked, device, network } = tries;
    if let Some(device) = device {
        match reserve(store, now, vec![device], None, network).await {
            Err(Trouble::Known { .. }) => {}
            other => return other,
        }
    }
    reserve(store, now, counts, braked, network).await
}

async fn reserve(
    store: &Store,
    now: Timestamp,
    counts: Vec<Count>,
    braked: Option<Braked>,
    network: Network,
) -> Result<Attempt, Trouble> {
    let memory = store.tries();
    memory.refuse(now, &counts, 0, network)?;
    let all: Vec<Count> = counts.iter().chain(braked.as_ref().map(|braked| &braked.account)).cloned().collect();
    let alone = memory.begin(now, &all, braked.as_ref());
    let mut attempt = Attempt { store: store.clone(), now, counts: all, begun: false };
    let keys = attempt.counts.iter().map(|count| count.key.as_str());
    let rows = throttle::some(store.read(), keys).await?;
    memory.hear(now, &attempt.counts, &rows);
    memory.refuse(now, &counts, 0, network)?;
    memory.admit(now, &counts)?;
    if let Some(braked) = braked {
        let Turn { wait, newcomer } = memory.take_turn(now, &braked, alone, network)?;
        if wait > 0 {
            let place = || memory.0.slowed.try_acquire().map_err(|_| Trouble::wait(Fault::Busy, wait));
            let _place = if newcomer { None } else { Some(place()?) };
            tokio::time::sleep(Duration::from_millis(wait.unsigned_abs())).await;
        }
    }
    attempt.begun = true;
    Ok(attempt)
}

/// Counts what has failed, and refuses it if that is too much.
pub(super) async fn count(store: &Store, now: Timestamp, counts: &[Count], network: Network) -> Result<(), Trouble> {
    let memory = store.tries();
    memory.refuse(now, counts, 0, network)?;
    memory.lock().fail(now, counts);
    written(store, now).await?;
    memory.refuse(now, counts, 1, network)
}

/// Returns when what is due now is written down, whether or not the caller is still there.
async fn written(store: &Store, now: Timestamp) -> Result<(), DbErr> {
    match tokio::spawn(write_due(store.clone(), now)).await {
        Ok(written) => written,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

async fn write_due(store: Store, now: Timestamp) -> Result<(), DbErr> {
    let memory = store.tries();
    let _turn = memory.0.writing.lock().await;
    let due = std::mem::take(&mut memory.lock().due);
    if due.is_empty() {
        return Ok(());
    }
    let written = write_all(&store, now, &due).await;
    let mut tallies = memory.lock();
    match written {
        Ok(rows) => {
            for row in rows {
                let Some((count, tries)) = due.get(&row.key) else { continue };
                tallies.of(count, now).unwritten -= tries;
                tallies.hear(now, count, &row);
            }
            Ok(())
        }
        Err(error) => {
            // They still count here, and are written with the next ones.
            for (key, (count, tries)) in due {
                tallies.due.entry(key).or_insert((count, 0)).1 += tries;
            }
            Err(error)
        }
    }
}

async fn write_all(
    store: &Store,
    now: Timestamp,
    due: &HashMap<String, (Count, i64)>,
) -> Result<Vec<throttle::Window>, DbErr> {
    let work = store.work().await?;
    let rows = write(&work, now, due.values().map(|(count, tries)| (count, *tries))).await?;
    work.commit().await?;
    Ok(rows)
}
