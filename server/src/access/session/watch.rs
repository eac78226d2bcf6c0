//! Ends open streams of live events with the sessions under which they were opened.
//!
//! A stream is one long answer: nobody asks again who is signed in. So each server looks every two seconds which of its
//! streams' sessions are still there. One look at the database serves all streams, whichever server or command it was
//! that ended a session, and one that has simply run out is seen as well.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Timestamp;
use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::{
    access::secret::fingerprint,
    environment::Environment,
    fault::Trouble,
    store::{Store, hub_session, portal_session},
};

/// How often is looked.
const LOOK: Duration = Duration::from_secs(2);
/// About how many sessions one query asks.
const AT_ONCE: usize = 500;

/// What streams wait for the end of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A session in the portal.
    Portal,
    /// A session in the hub.
    Hub,
}

/// The sessions under which streams are open. Cheap to clone.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Watched>>);

/// What ends the streams of each session, known by its kind and its token's hash.
type Watched = HashMap<(Kind, String), watch::Sender<()>>;

impl Watch {
    /// Ends when the session of this token is found to have ended.
    pub fn ended(&self, kind: Kind, token: &str) -> BoxFuture<'static, ()> {
        let mut ended = {
            let mut watched = self.lock();
            watched.entry((kind, fingerprint(token))).or_insert_with(|| watch::Sender::new(())).subscribe()
        };
        // Nothing is ever sent: it ends with its sender.
        Box::pin(async move { while ended.changed().await.is_ok() {} })
    }

    /// Looks for as long as it is polled.
    pub async fn run(self, store: Store, environment: Environment) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Err(error) = self.look(&store, environment.now()).await {
                tracing::debug!(%error, "nobody can be asked which sessions have ended");
            }
        }
    }

    /// Ends the streams of all sessions that have ended. Does not ask the database when no stream is open.
    ///
    /// # Errors
    /// If the database fails; then no stream ends.
    pub async fn look(&self, store: &Store, now: Timestamp) -> Result<(), Trouble> {
        let of = |wanted: Kind| {
            let mut watched = self.lock();
            watched.retain(|_, sender| sender.receiver_count() > 0);
            let keys = watched.keys().filter(|(kind, _)| *kind == wanted);
            keys.map(|(_, token)| token.clone()).collect::<Vec<_>>()
        };
        let mut ended = Vec::new();
        for tokens in of(Kind::Portal).chunks(AT_ONCE) {
            let there = portal_session::some(store.read(), now, tokens).await?;
            ended.extend(gone(Kind::Portal, tokens, &there));
        }
        for tokens in of(Kind::Hub).chunks(AT_ONCE) {
            let there = hub_session::some(store.read(), now, tokens).await?;
            ended.extend(gone(Kind::Hub, tokens, &there));
        }
        let mut watched = self.lock();
        for key in ended {
            watched.remove(&key);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Watched> {
        // Whoever panicked left a map that is whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn gone<'a>(kind: Kind, tokens: &'a [String], there: &'a HashSet<String>) -> impl Iterator<Item = (Kind, String)> + 'a {
    tokens.iter().filter(|token| !there.contains(*token)).map(move |token| (kind, token.clone()))
}
