//! Tells open pages that something changed, and the worker that there is something to do.
//!
//! Only ids travel here: whoever listens reads the current state, so a lost or doubled message does no harm.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, broadcast};
use uuid::Uuid;

use crate::ids::{CustomerId, SubscriberId, TemplateId};

/// A subscriber changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The template whose User Status list shows it.
    pub template: TemplateId,
    /// The customer whose people show it; the version before does not say.
    #[serde(default)]
    pub customer: Option<CustomerId>,
    /// Which subscriber.
    pub subscriber: SubscriberId,
}

/// What listeners hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A subscriber changed.
    Changed(Change),
    /// Something may have been missed: read everything again.
    Missed,
}

/// What somebody listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A template's users.
    Template(TemplateId),
    /// A customer's users.
    Customer(CustomerId),
    /// One user.
    Subscriber(SubscriberId),
}

impl Topic {
    /// How much may be new to a listener; one that falls further behind is told to read everything again.
    const fn most(self) -> usize {
        match self {
            Self::Template(_) | Self::Customer(_) => 1_024,
            Self::Subscriber(_) => 16,
        }
    }
}

/// The meeting point of those who change and those who watch. Cheap to clone.
#[derive(Clone)]
pub struct Live {
    /// Who listens to what: a change wakes nobody else.
    topics: Arc<Mutex<HashMap<Topic, broadcast::Sender<News>>>>,
    tasks: Arc<Notify>,
    /// Whether nothing more is told: see [`Live::close`].
    closed: Arc<AtomicBool>,
    origin: Uuid,
}

impl Default for Live {
    fn default() -> Self {
        Self { topics: Arc::default(), tasks: Arc::default(), closed: Arc::default(), origin: Uuid::nil() }
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

    /// Tells those who listen to what has changed; all, if something may have been missed.
    pub fn notify(&self, news: News) {
        let mut topics = self.topics();
        match news {
            News::Changed(Change { template, customer, subscriber }) => {
                let both = [Topic::Template(template), Topic::Subscriber(subscriber)];
                for topic in both.into_iter().chain(customer.map(Topic::Customer)) {
                    // An error only means that nobody listens any more.
                    if topics.get(&topic).is_some_and(|listeners| listeners.send(news).is_err()) {
                        topics.remove(&topic);
                    }
                }
            }
            News::Missed => topics.retain(|_, listeners| listeners.send(news).is_ok()),
        }
    }

    /// Ends for all who listen, and for all who begin to: the server is about to stop.
    pub fn close(&self) {
        let mut topics = self.topics();
        self.closed.store(true, Ordering::Relaxed);
        topics.clear();
    }

    /// Begins to listen.
    #[must_use]
    pub fn listen(&self, topic: Topic) -> broadcast::Receiver<News> {
        let mut topics = self.topics();
        if self.closed.load(Ordering::Relaxed) {
            return broadcast::channel(1).1;
        }
        if topics.len() == topics.capacity() {
            topics.retain(|_, listeners| listeners.receiver_count() > 0);
        }
        topics.entry(topic).or_insert_with(|| broadcast::channel(topic.most()).0).subscribe()
    }

    /// How many listen.
    #[must_use]
    pub fn listeners(&self) -> i64 {
        let many: usize = self.topics().values().map(broadcast::Sender::receiver_count).sum();
        i64::try_from(many).unwrap_or(i64::MAX)
    }

    fn topics(&self) -> MutexGuard<'_, HashMap<Topic, broadcast::Sender<News>>> {
        self.topics.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    #[test]
    fn a_change_wakes_those_who_listen_to_it_and_nobody_else() {
        let live = Live::default();
        let change = Change {
            template: Uuid::from_u128(1).into(),
            customer: Some(Uuid::from_u128(2).into()),
            subscriber: Uuid::from_u128(2).into(),
        };
        let topics = [1, 2]
            .map(Uuid::from_u128)
            .map(|id| [Topic::Template(id.into()), Topic::Customer(id.into()), Topic::Subscriber(id.into())]);
        let mut heard = topics.as_flattened().iter().map(|topic| live.listen(*topic)).collect::<Vec<_>>();
        live.notify(News::Changed(change));
        let told: Vec<_> = heard.iter_mut().map(|listener| listener.try_recv().ok()).collect();
        let it = Some(News::Changed(change));
        assert_eq!(told, [it, None, None, None, it, it]);
        live.notify(News::Missed);
        assert!(heard.iter_mut().all(|listener| listener.try_recv() == Ok(News::Missed)));
    }

    #[test]
    fn it_ends_for_all_when_the_server_is_about_to_stop() {
        let live = Live::default();
        let mut before = live.listen(Topic::Subscriber(Uuid::nil().into()));
        live.close();
        let mut after = live.listen(Topic::Subscriber(Uuid::nil().into()));
        for listener in [&mut before, &mut after] {
            assert_eq!(listener.try_recv(), Err(TryRecvError::Closed));
        }
        assert_eq!(live.listeners(), 0);
    }

    #[test]
    fn nothing_is_kept_of_who_has_left() {
        let live = Live::default();
        for id in 0..10_000 {
            drop(live.listen(Topic::Subscriber(Uuid::from_u128(id).into())));
        }
        assert!(live.topics().len() < 100, "{}", live.topics().len());
        live.notify(News::Missed);
        assert!(live.topics().is_empty());
    }
}
