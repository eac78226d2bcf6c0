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
    pub farewell: Duration,
}

/// Has work carried out until `stop` resolves; then ends what is under way, or gives it back.
pub async fn run<L: Leased>(leased: Arc<L>, stop: impl Future<Output = ()> + Send) {
    let pace = leased.pace();
    let environment = leased.environment();
    let mut heart = JoinSet::new();
    heart.spawn(beat(leased.clone(), pace));
    let mut under_way = work(&leased, pace, stop).await;
    let finished = async { while under_way.join_next().await.is_some() {} };
    if environment.within(pace.farewell, finished).await.is_none() {
        under_way.shutdown().await;
    }
    heart.shutdown().await;
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
        atomic::{AtomicUsize, Ordering},
    };

    use tokio::{sync::Notify, time::timeout};

    use super::*;

    /// How long a test may take before it has failed.
    const PATIENCE: Duration = Duration::from_secs(30);

    /// Numbers, of which none is carried out before `go`.
    struct Numbers {
        due: Mutex<Vec<u32>>,
        under_way: AtomicUsize,
        most: AtomicUsize,
        done: Mutex<Vec<u32>>,
        begun: Notify,
        go: Option<Notify>,
        released: AtomicUsize,
        environment: Environment,
    }

    impl Numbers {
        fn due(numbers: impl IntoIterator<Item = u32>) -> Self {
            Self {
                due: Mutex::new(numbers.into_iter().collect()),
                under_way: AtomicUsize::default(),
                most: AtomicUsize::default(),
                done: Mutex::default(),
                begun: Notify::default(),
                go: None,
                released: AtomicUsize::default(),
                environment: Environment::real(),
            }
        }
    }

    #[async_trait]
    impl Leased for Numbers {
        type Item = u32;

        fn pace(&self) -> Pace {
            let (poll, farewell) = (Duration::from_millis(1), Duration::ZERO);
            Pace { name: "numbers", at_once: 3, poll, renew: None, farewell }
        }

        fn environment(&self) -> &Environment {
            &self.environment
        }

        async fn claim(&self, most: usize) -> Result<Vec<u32>, Trouble> {
            let mut due = self.due.lock().unwrap();
            let claimed = due.len().min(most);
            Ok(due.drain(..claimed).collect())
        }

        async fn carry_out(&self, number: u32) -> Result<(), Trouble> {
            let under_way = self.under_way.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(under_way, Ordering::SeqCst);
            self.begun.notify_one();
            match &self.go {
                Some(go) => go.notified().await,
                None => tokio::task::yield_now().await,
            }
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            if number == 5 {
                return Err(domain::Fault::Internal.into());
            }
            self.done.lock().unwrap().push(number);
            Ok(())
        }

        async fn release(&self) -> Result<(), Trouble> {
            self.released.fetch_add(1, Ordering::SeqCst);
            Ok(())
        }
    }

    #[tokio::test]
    async fn there_is_never_more_under_way_than_there_is_room_for_and_one_that_fails_stops_nothing() {
        let numbers = Arc::new(Numbers::due(0..10));
        let all = async {
            while numbers.done.lock().unwrap().len() < 9 {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, run(numbers.clone(), all)).await.unwrap();
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
        assert_eq!(numbers.released.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn a_round_carries_out_what_there_is_and_says_whether_there_was_any() {
        let numbers = Numbers::due([1, 2]);
        assert!(round(&numbers, 1).await.unwrap());
        assert_eq!(*numbers.done.lock().unwrap(), [1]);
        assert!(round(&numbers, 3).await.unwrap());
        assert!(!round(&numbers, 3).await.unwrap());
    }
}
