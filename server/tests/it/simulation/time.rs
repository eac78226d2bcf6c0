//! Virtual time: it stands still while anybody has something to do, and then leaps to whoever sleeps shortest.

use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use domain::Timestamp;
use futures::future::BoxFuture;
use server::environment::Clock;

/// When every run begins: 2026-01-01T00:00:00Z.
const START: Timestamp = Timestamp(1_767_225_600_000);

/// What everybody in a run shares. Cheap to clone.
#[derive(Clone, Default)]
pub struct Time(Arc<Mutex<Sleepers>>);

#[derive(Default)]
struct Sleepers {
    /// Milliseconds since the beginning.
    now: i64,
    next: u64,
    /// By when they wake, and of those of one moment whoever lay down first.
    wakers: BTreeMap<(i64, u64), Waker>,
}

impl Time {
    /// Milliseconds since the beginning.
    pub fn now(&self) -> i64 {
        self.lock().now
    }

    /// Resolves after so many milliseconds.
    pub fn sleep(&self, milliseconds: i64) -> Sleep {
        let mut sleepers = self.lock();
        sleepers.next += 1;
        Sleep { time: self.clone(), key: (sleepers.now + milliseconds.max(0), sleepers.next) }
    }

    /// Leaps to the next moment at which somebody wakes: when nobody has anything to do.
    pub fn leap(&self) {
        let mut sleepers = self.lock();
        let Some(((until, _), waker)) = sleepers.wakers.pop_first() else { return };
        sleepers.now = sleepers.now.max(until);
        drop(sleepers);
        waker.wake();
    }

    fn lock(&self) -> MutexGuard<'_, Sleepers> {
        self.0.lock().unwrap()
    }
}

/// Somebody who waits for a moment.
pub struct Sleep {
    time: Time,
    key: (i64, u64),
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let mut sleepers = self.time.lock();
        if self.key.0 <= sleepers.now {
            return Poll::Ready(());
        }
        sleepers.wakers.insert(self.key, context.waker().clone());
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.time.lock().wakers.remove(&self.key);
    }
}

/// A server's clock: it goes as fast as all others, and may be wrong.
#[derive(Clone)]
pub struct ServerClock {
    time: Time,
    wrong_by: Arc<AtomicI64>,
}

impl ServerClock {
    pub fn new(time: Time) -> Self {
        Self { time, wrong_by: Arc::default() }
    }

    /// From now on it is so many milliseconds ahead of the others, or behind.
    pub fn set(&self, wrong_by: i64) {
        self.wrong_by.store(wrong_by, Ordering::SeqCst);
    }
}

impl Clock for ServerClock {
    fn now(&self) -> Timestamp {
        START.plus(self.time.now() + self.wrong_by.load(Ordering::SeqCst))
    }

    fn running(&self) -> i64 {
        self.time.now()
    }

    fn sleep(&self, how_long: Duration) -> BoxFuture<'static, ()> {
        Box::pin(self.time.sleep(i64::try_from(how_long.as_millis()).unwrap_or(i64::MAX / 2)))
    }
}
