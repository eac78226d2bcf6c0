//! What is ordered on a server whose worker has room is its worker's from the beginning: leased by the transaction that orders it,
//! and handed over when that is durable. Nobody has to look for such a task and claim it, which is a commit of its own.
//!
//! Whoever waits is not overtaken: while the worker has left anything in the queue, nothing is handed over. If the server dies
//! after the commit, the lease runs out as any other does.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use domain::Timestamp;
use tokio::sync::{
    Mutex as Turn, OwnedSemaphorePermit, Semaphore,
    mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::{store::task::Task, targets::breaker::Breakers};

/// This server's worker, for whoever orders something here; nobody, where none works. Cheap to clone.
#[derive(Clone, Default)]
pub struct Handover(Arc<Mutex<Option<Crew>>>);

/// A worker, as others see it.
#[derive(Clone)]
struct Crew {
    owner: Arc<str>,
    room: Arc<Semaphore>,
    behind: Arc<AtomicBool>,
    breakers: Arc<Breakers>,
    tasks: UnboundedSender<Held>,
}

/// A task and the place that it takes up until it is dropped.
pub struct Held {
    /// What is to be done.
    pub task: Task,
    _place: Option<OwnedSemaphorePermit>,
}

/// A place at the worker that is kept free for a task.
pub struct Place {
    crew: Crew,
    permit: OwnedSemaphorePermit,
}

impl Handover {
    /// A place for a task that needs this service, if the worker has one, nobody waits in the queue and the service does not rest.
    #[must_use]
    pub fn place(&self, service: &str, now: Timestamp) -> Option<Place> {
        let crew = self.lock().clone()?;
        let is_free = !crew.tasks.is_closed()
            && !crew.behind.load(Ordering::Relaxed)
            && !crew.breakers.resting(now).all.iter().any(|resting| resting == service);
        let permit = is_free.then(|| crew.room.clone().try_acquire_owned().ok()).flatten()?;
        Some(Place { crew, permit })
    }

    /// Nothing more is handed over.
    pub fn close(&self) {
        *self.lock() = None;
    }

    fn lock(&self) -> MutexGuard<'_, Option<Crew>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// The server process that leases the task.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.crew.owner
    }

    /// Has the task carried out, which is durable now. A worker that has ended meanwhile does not: then the lease runs out.
    pub fn hand_over(self, task: Task) {
        let held = Held { task, _place: Some(self.permit) };
        drop(self.crew.tasks.send(held));
    }
}

/// The worker's side: how much it has under way, and what is handed over to it.
#[derive(Clone)]
pub struct Room {
    crew: Crew,
    handed: Arc<Turn<UnboundedReceiver<Held>>>,
}

impl Room {
    /// A room for so many tasks at a time.
    #[must_use]
    pub fn new(owner: &str, places: usize, breakers: Arc<Breakers>) -> Self {
        let (tasks, handed) = unbounded_channel();
        let crew = Crew {
            owner: owner.into(),
            room: Arc::new(Semaphore::new(places)),
            // Until it has looked.
            behind: Arc::new(AtomicBool::new(true)),
            breakers,
            tasks,
        };
        Self { crew, handed: Arc::new(Turn::new(handed)) }
    }

    /// From now on, what is ordered there is handed over here.
    pub fn open(&self, handover: &Handover) {
        *handover.lock() = Some(self.crew.clone());
    }

    /// How many more there is room for.
    #[must_use]
    pub fn free(&self) -> usize {
        self.crew.room.available_permits()
    }

    /// Takes up a place for a task that was claimed.
    #[must_use]
    pub fn hold(&self, task: Task) -> Held {
        Held { task, _place: self.crew.room.clone().try_acquire_owned().ok() }
    }

    /// Whether anything has been left in the queue.
    pub fn leaves(&self, anything: bool) {
        self.crew.behind.store(anything, Ordering::Relaxed);
    }

    /// The next task that is handed over.
    pub async fn handed(&self) -> Option<Held> {
        self.handed.lock().await.recv().await
    }

    /// The next one that has been.
    #[must_use]
    pub fn handed_already(&self) -> Option<Held> {
        self.handed.try_lock().ok()?.try_recv().ok()
    }
}
