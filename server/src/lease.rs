//! The one loop that has leased work carried out. It polls, claims, renews and gives back, and knows nothing of what it
//! carries.
//!
//! What is claimed is this server's until its lease runs out. A server that dies says nothing: whoever claims next finds what
//! it had. How a lease is written down, and what fences off a server that has lost one, is for each [`Leased`] to say.
//!
//! ```ignore
//! let jobs = Arc::new(bulk::Jobs::new(store, environment));
//! tokio::spawn(lease::run(jobs, stop));
//! ```

use std::{future, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::join_all;
use tokio::task::JoinSet;

use crate::{environment::Environment, fault::Trouble};

/// How long a stop waits for the database to take leases back.
const GIVING_BACK: Duration = Duration::from_secs(2);

/// Work of one kind, which servers share by leases.
#[async_trait]
pub trait Leased: Send + Sync + 'static {
    /// What one lease is of.
    type Item: Send + 'static;

    /// How it is worked at.
    fn pace(&self) -> Pace;

    /// Where its time comes from.
    fn environment(&self) -> &Environment;

    /// Leases up to this many of what is due.
    async fn claim(&self, most: usize) -> Result<Vec<Self::Item>, Trouble>;

    /// Returns the next that was leased when it came to be, and needs no claim.
    async fn handed(&self) -> Self::Item {
        future::pending().await
    }

    /// Carries one out, and ends its lease.
    async fn carry_out(&self, item: Self::Item) -> Result<(), Trouble>;

    /// Prolongs the leases of what this server has under way: only where that may take longer than a lease.
    async fn renew(&self) -> Result<(), Trouble> {
        Ok(())
    }

    /// Gives back what this server still has leased, before it ends.
    async fn release(&self) -> Result<(), Trouble> {
        Ok(())
    }

    /// Returns when something may be due before it is polled for.
    async fn news(&self) {
        future::pending().await
    }

    /// Is called whenever the loop comes round: a sign of life.
    fn polled(&self) {}
}

/// How one kind of work is worked at.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// What the log calls it.
    pub name: &'static str,
    /// How much of it one server has under way at a time.
    pub at_once: usize,
    /// How long to wait before looking again: what a retry or a dead server's work waits at the longest.
    pub poll: Duration,
    /// How often leases are renewed, if they are.
    pub renew: Option<Duration>,
    /// How long a stop waits for what is under way, before it breaks it off.
    pub grace: Duration,
}

/// Has work carried out until `stop` resolves; then ends what is under way, or gives it back.
pub async fn run<L: Leased>(leased: Arc<L>, stop: impl Future<Output = ()> + Send) {
    let pace = leased.pace();
    let environment = leased.environment();
    let mut heart = JoinSet::new();
    heart.spawn(beat(leased.clone(), pace));
    let mut under_way = work(&leased, pace, stop).await;
    let finished = async { while under_way.join_next().await.is_some() {} };
    if environment.within(pace.grace, finished).await.is_none() {
        under_way.shutdown().await;
    }
    match environment.within(GIVING_BACK, leased.release()).await {
        Some(Ok(())) => {}
        Some(Err(error)) => tracing::warn!(%error, work = pace.name, "leases cannot be given back; they will run out"),
        None => tracing::warn!(work = pace.name, "leases cannot be given back in time; they will run out"),
    }
}

/// Claims once and carries out what was claimed. Returns whether there was anything: for tests and commands.
///
/// # Errors
/// If it cannot be claimed or carried out.
pub async fn round<L: Leased>(leased: &L, most: usize) -> Result<bool, Trouble> {
    let claimed = leased.claim(most).await?;
    let some = !claimed.is_empty();
    for ended in join_all(claimed.into_iter().map(|item| leased.carry_out(item))).await {
        ended?;
    }
    Ok(some)
}

/// Claims until `stop` resolves. Returns what is under way then.
async fn work<L: Leased>(leased: &Arc<L>, pace: Pace, stop: impl Future<Output = ()> + Send) -> JoinSet<()> {
    let mut under_way = JoinSet::new();
    tokio::pin!(stop);
    let mut look = true;
    loop {
        leased.polled();
        while under_way.try_join_next().is_some() {}
        let more = look && take(leased, pace, &mut under_way).await;
        look = true;
        tokio::select! {
            biased;
            () = &mut stop => return under_way,
            () = future::ready(()), if more => {}
            item = leased.handed() => {
                begin(leased, pace, item, &mut under_way);
                look = false;
            }
            Some(_) = under_way.join_next() => {}
            () = leased.news() => {}
            () = leased.environment().sleep(pace.poll) => {}
        }
    }
}

/// Claims as much as there is room for. Returns whether there may be more that there is room for.
async fn take<L: Leased>(leased: &Arc<L>, pace: Pace, under_way: &mut JoinSet<()>) -> bool {
    let room = pace.at_once.saturating_sub(under_way.len());
    if room == 0 {
        return false;
    }
    let claimed = match leased.claim(room).await {
        Ok(claimed) => claimed,
        Err(error) => {
            report(pace, &error, "cannot be claimed");
            return false;
        }
    };
    let full = claimed.len() == room;
    for item in claimed {
        begin(leased, pace, item, under_way);
    }
    full
}

/// Begins to carry one out.
fn begin<L: Leased>(leased: &Arc<L>, pace: Pace, item: L::Item, under_way: &mut JoinSet<()>) {
    let leased = leased.clone();
    under_way.spawn(async move {
        if let Err(error) = leased.carry_out(item).await {
            report(pace, &error, "cannot be carried out");
        }
    });
}

/// A database that is away is reported where it is noticed first.
fn report(pace: Pace, error: &Trouble, what: &str) {
    if !error.is_interruption() {
        tracing::error!(%error, "{} {what}", pace.name);
    }
}

/// Renews the leases of what is under way.
async fn beat<L: Leased>(leased: Arc<L>, pace: Pace) {
    let Some(every) = pace.renew else { return };
    loop {
        leased.environment().sleep(every).await;
        if let Err(error) = leased.renew().await {
            tracing::debug!(%error, work = pace.name, "leases cannot be renewed");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    };

    use futures::future::join;
    use tokio::{sync::Notify, task::yield_now, time::timeout};

    use super::*;

    /// How long a test may take before it has failed.
    const PATIENCE: Duration = Duration::from_secs(30);
    /// Longer than any test takes.
    const NEVER: Duration = Duration::from_secs(3_600);

    /// Numbers, of which none is carried out before `go`.
    struct Numbers {
        pace: Pace,
        due: Mutex<Vec<u32>>,
        /// Whether the database fails the next claim.
        fails: AtomicBool,
        claims: AtomicUsize,
        handed: Mutex<Vec<u32>>,
        under_way: AtomicUsize,
        most: AtomicUsize,
        done: Mutex<Vec<u32>>,
        begun: Notify,
        go: Option<Notify>,
        news: Notify,
        renewed: AtomicUsize,
        /// What was under way whenever leases were given back.
        released: Mutex<Vec<usize>>,
        rounds: AtomicUsize,
        environment: Environment,
    }

    /// One that is carried out, until it is or is broken off.
    struct UnderWay<'a>(&'a AtomicUsize);

    impl Drop for UnderWay<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }

    impl Numbers {
        fn due(numbers: impl IntoIterator<Item = u32>) -> Self {
            let (poll, grace) = (Duration::from_millis(1), Duration::ZERO);
            Self {
                pace: Pace { name: "numbers", at_once: 3, poll, renew: None, grace },
                due: Mutex::new(numbers.into_iter().collect()),
                fails: AtomicBool::default(),
                claims: AtomicUsize::default(),
                handed: Mutex::default(),
                under_way: AtomicUsize::default(),
                most: AtomicUsize::default(),
                done: Mutex::default(),
                begun: Notify::default(),
                go: None,
                news: Notify::default(),
                renewed: AtomicUsize::default(),
                released: Mutex::default(),
                rounds: AtomicUsize::default(),
                environment: Environment::real(),
            }
        }

        /// Returns when so many are done.
        async fn done(&self, many: usize) {
            while self.done.lock().unwrap().len() < many {
                yield_now().await;
            }
        }
    }

    #[async_trait]
    impl Leased for Numbers {
        type Item = u32;

        fn pace(&self) -> Pace {
            self.pace
        }

        fn environment(&self) -> &Environment {
            &self.environment
        }

        async fn claim(&self, most: usize) -> Result<Vec<u32>, Trouble> {
            self.claims.fetch_add(1, Ordering::SeqCst);
            if self.fails.swap(false, Ordering::SeqCst) {
                return Err(domain::Fault::Internal.into());
            }
            let mut due = self.due.lock().unwrap();
            let claimed = due.len().min(most);
            Ok(due.drain(..claimed).collect())
        }

        async fn handed(&self) -> u32 {
            let handed = self.handed.lock().unwrap().pop();
            match handed {
                Some(number) => number,
                None => future::pending().await,
            }
        }

        async fn carry_out(&self, number: u32) -> Result<(), Trouble> {
            let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            let _presence = UnderWay(&self.under_way);
            self.most.fetch_max(under_way, Ordering::SeqCst);
            self.begun.notify_one();
            match &self.go {
                Some(go) => go.notified().await,
                None => yield_now().await,
            }
            if number == 5 {
                return Err(domain::Fault::Internal.into());
            }
            self.done.lock().unwrap().push(number);
            Ok(())
        }

        async fn renew(&self) -> Result<(), Trouble> {
            self.renewed.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }

        async fn release(&self) -> Result<(), Trouble> {
            self.released.lock().unwrap().push(self.under_way.load(Ordering::SeqCst));
            Ok(())
        }

        async fn news(&self) {
            self.news.notified().await;
        }

        fn polled(&self) {
            self.rounds.fetch_add(1, Ordering::SeqCst);
        }
    }

    #[tokio::test]
    async fn there_is_never_more_under_way_than_there_is_room_for_and_one_that_fails_stops_nothing() {
        let numbers = Arc::new(Numbers::due(0..10));
        timeout(PATIENCE, run(numbers.clone(), numbers.done(9))).await.unwrap();
        assert_eq!(numbers.most.load(Ordering::SeqCst), 3);
        let mut done = numbers.done.lock().unwrap().clone();
        done.sort_unstable();
        assert_eq!(done, [0, 1, 2, 3, 4, 6, 7, 8, 9]);
    }

    #[tokio::test]
    async fn a_stop_breaks_off_what_takes_too_long_and_gives_the_leases_back() {
        let numbers = Arc::new(Numbers { go: Some(Notify::new()), ..Numbers::due([1]) });
        timeout(PATIENCE, run(numbers.clone(), numbers.begun.notified())).await.unwrap();
        assert!(numbers.done.lock().unwrap().is_empty());
        assert_eq!(*numbers.released.lock().unwrap(), [0], "once, when nothing is under way any more");
    }

    #[tokio::test]
    async fn a_stop_waits_for_what_is_under_way_and_begins_nothing_more() {
        let mut numbers = Numbers { go: Some(Notify::new()), ..Numbers::due(0..4) };
        numbers.pace.grace = PATIENCE;
        let numbers = Arc::new(numbers);
        let stopped = Notify::new();
        let stop = async {
            while numbers.under_way.load(Ordering::SeqCst) < 3 {
                yield_now().await;
            }
            stopped.notify_one();
        };
        let go_on = async {
            stopped.notified().await;
            while numbers.released.lock().unwrap().is_empty() {
                numbers.go.as_ref().unwrap().notify_waiters();
                yield_now().await;
            }
        };
        timeout(PATIENCE, join(run(numbers.clone(), stop), go_on)).await.unwrap();
        assert_eq!(numbers.done.lock().unwrap().len(), 3, "there was room for three");
        assert_eq!(*numbers.due.lock().unwrap(), [3]);
    }

    #[tokio::test]
    async fn leases_are_renewed_while_something_is_under_way() {
        let mut numbers = Numbers { go: Some(Notify::new()), ..Numbers::due([1]) };
        (numbers.pace.renew, numbers.pace.poll) = (Some(Duration::from_millis(1)), NEVER);
        let numbers = Arc::new(numbers);
        let twice = async {
            while numbers.renewed.load(Ordering::SeqCst) < 2 {
                yield_now().await;
            }
        };
        timeout(PATIENCE, run(numbers.clone(), twice)).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_handed_over_is_carried_out_and_nobody_looks_for_it() {
        let mut numbers = Numbers { handed: Mutex::new(vec![1, 2]), ..Numbers::due([]) };
        numbers.pace.poll = NEVER;
        let numbers = Arc::new(numbers);
        timeout(PATIENCE, run(numbers.clone(), numbers.done(2))).await.unwrap();
        assert_eq!(
            numbers.claims.load(Ordering::SeqCst),
            1,
            "at the beginning, and not because of what was handed over"
        );
        assert!(numbers.rounds.load(Ordering::SeqCst) > 1, "a sign of life each time");
    }

    #[tokio::test]
    async fn news_are_not_waited_for_until_the_next_poll() {
        let mut numbers = Numbers::due([]);
        numbers.pace.poll = NEVER;
        let numbers = Arc::new(numbers);
        let stop = async {
            while numbers.claims.load(Ordering::SeqCst) == 0 {
                yield_now().await;
            }
            numbers.due.lock().unwrap().push(1);
            numbers.news.notify_one();
            numbers.done(1).await;
        };
        timeout(PATIENCE, run(numbers.clone(), stop)).await.unwrap();
    }

    #[tokio::test]
    async fn a_claim_that_fails_is_made_again() {
        let numbers = Arc::new(Numbers { fails: AtomicBool::new(true), ..Numbers::due([1]) });
        timeout(PATIENCE, run(numbers.clone(), numbers.done(1))).await.unwrap();
        assert!(numbers.claims.load(Ordering::SeqCst) > 1);
    }

    #[tokio::test]
    async fn a_round_carries_out_what_there_is_and_says_whether_there_was_any() {
        let numbers = Numbers::due([1, 2, 5]);
        assert!(round(&numbers, 1).await.unwrap());
        assert_eq!(*numbers.done.lock().unwrap(), [1]);
        round(&numbers, 3).await.expect_err("one cannot be carried out");
        assert_eq!(*numbers.done.lock().unwrap(), [1, 2], "nor does it keep the others");
        assert!(!round(&numbers, 3).await.unwrap());
    }
}
