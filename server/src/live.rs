//! Tells open pages that something changed, and the worker that there is something to do.
//!
//! Only ids travel here: whoever listens reads the current state, so a lost or doubled message does no harm.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use crate::store::TemplateId;

/// A subscriber changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The template whose User Status list shows it.
    pub template: TemplateId,
    /// Which subscriber.
    pub subscriber: Uuid,
}

/// What listeners hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A subscriber changed.
    Changed(Change),
    /// Something may have been missed: read everything again.
    Missed,
}

/// The meeting point of those who change and those who watch. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    news: broadcast::Sender<News>,
    tasks: Arc<Notify>,
    origin: Uuid,
}

impl Default for Live {
    fn default() -> Self {
        // A listener that falls further behind than this is told to read everything again.
        Self { news: broadcast::channel(1_024).0, tasks: Arc::default(), origin: Uuid::nil() }
    }
}

impl Live {
    /// The meeting point of a server that shares its database with others, which know it by this id.
    #[must_use]
    pub fn of(origin: Uuid) -> Self {
        Self { origin, ..Self::default() }
    }

    /// By which id other servers know this one.
    #[must_use]
    pub const fn origin(&self) -> Uuid {
        self.origin
    }

    /// Tells the listeners.
    pub fn tell(&self, news: News) {
        // An error only means that nobody listens.
        let _ = self.news.send(news);
    }

    /// Begins to listen.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<News> {
        self.news.subscribe()
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
