//! Keeps the index by which users are found up to date: whoever is new or has changed is found a moment later.

use std::time::Duration;

use crate::{
    condition::Condition,
    environment::Environment,
    store::{Store, interruption, search},
};

/// How often it is looked whether somebody is to be taken in: so long may a new user be missing from the search.
const LOOK: Duration = Duration::from_secs(1);
/// How long those who write have the database to themselves in between, while there are many.
const BREATH: Duration = Duration::from_millis(5);

/// The index, and whether it can be kept.
pub struct Index {
    store: Store,
    environment: Environment,
    condition: Condition,
}

impl Index {
    /// The index in this database.
    #[must_use]
    pub fn new(store: Store, environment: Environment) -> Self {
        Self { store, environment, condition: Condition::new("search", "index") }
    }

    /// Takes users in for as long as it is polled.
    pub async fn run(self) {
        loop {
            let more = self.follow().await;
            tokio::time::sleep(if more { BREATH } else { LOOK }).await;
        }
    }

    /// Takes in some of those who are new or have changed. Returns whether there may be more.
    pub async fn follow(&self) -> bool {
        let now = self.environment.now();
        match search::follow(&self.store).await {
            Ok(more) => {
                self.condition.works(now);
                more
            }
            Err(error) => {
                // That the database cannot be used the store has told.
                if interruption(&error).is_none() {
                    self.condition.fails(now, "refused", error);
                }
                false
            }
        }
    }
}
