//! Keeps the index by which users are found up to date: whoever is new or has changed is found a moment later.

use std::time::Duration;

use crate::store::{Store, search};

/// How often it is looked whether somebody is to be taken in: so long may a new user be missing from the search.
const LOOK: Duration = Duration::from_secs(1);
/// How long those who write have the database to themselves in between, while there are many.
const BREATH: Duration = Duration::from_millis(5);

/// Takes users in for as long as it is polled.
pub async fn run(store: Store) {
    loop {
        let more = search::follow(&store).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "the search cannot be brought up to date");
            false
        });
        tokio::time::sleep(if more { BREATH } else { LOOK }).await;
    }
}
