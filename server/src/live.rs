//! Tells open pages that something changed, and the worker that there is something to do.
//!
//! Only ids travel here: whoever listens reads the current state, so a lost or doubled message does no harm.

use std::sync::Arc;

use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

/// A subscriber changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The template whose User Status list shows it.
    pub template: Uuid,
    /// Which subscriber.
    pub subscriber: Uuid,
}

/// The meeting point of those who change and those who watch. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    changes: broadcast::Sender<Change>,
    tasks: Arc<Notify>,
}

impl Default for Live {
    fn default() -> Self {
        // A listener that falls further behind than this is told to read everything again.
        Self { changes: broadcast::channel(1_024).0, tasks: Arc::default() }
    }
}

impl Live {
    /// Tells the listeners.
    pub fn changed(&self, change: Change) {
        // An error only means that nobody listens.
        let _ = self.changes.send(change);
    }

    /// Begins to listen.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Wakes the worker.
    pub fn tasks_added(&self) {
        self.tasks.notify_one();
    }

    /// Returns when tasks were added since the last call.
    pub async fn wait_for_tasks(&self) {
        self.tasks.notified().await;
    }
}
