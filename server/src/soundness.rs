//! Looks a server's database through, again and again: bytes that something else has changed may be read for days before anybody notices.
//!
//! Only SQLite's file: PostgreSQL looks after its own.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::store::{DAMAGED, Store, interruption};

/// How long to rest at least after each look.
const REST: Duration = Duration::from_secs(5);
/// How many times as long as a look took.
const SHARE: u32 = 100;

/// Looks for as long as it is polled, until damage is found: then the store logs it and accepts nothing more.
pub async fn watch(store: Store) {
    let mut rest = REST;
    loop {
        sleep(rest).await;
        let began = Instant::now();
        let found = store.check().await;
        if found.is_err_and(|error| interruption(&error) == Some(DAMAGED)) {
            return;
        }
        rest = REST.max(began.elapsed() * SHARE);
    }
}
