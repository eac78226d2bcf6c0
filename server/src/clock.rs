//! A clock that ran ahead and was set right.
//!
//! What was written meanwhile lies in a future that does not come for long: somebody would wait hours for what takes
//! minutes, and what ends after a while would not end. So whatever is later than anything that could be written now is
//! brought back to the latest that could be. Replicas' clocks may differ a little ([`clock::SKEW`]).

use std::time::Duration;

use domain::{Timestamp, timestamp::SECOND};

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::queue,
    store::{Store, clock},
};

/// How often to look whether the clock was set back.
const LOOK: Duration = Duration::from_secs(5);

/// Brings back what was written by a clock that ran ahead.
///
/// # Errors
/// If the database fails; then it has to be done again.
pub async fn bring_back(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let tasks = (queue::LEASE, queue::LONGEST_CALL + queue::SETTLING);
    Ok(clock::bring_back(store, now, tasks).await?)
}

/// Looks, for as long as it is polled, whether the clock was set back, and brings back what was written before.
pub async fn watch(store: Store, environment: Environment) {
    let (mut wall, mut steady) = (environment.now(), environment.running());
    let mut due = clock::was_ahead(&store, wall).await.unwrap_or(false);
    loop {
        if due {
            tracing::warn!(event = "clock_set_back", "the clock was set back: what was written for later is due now");
            due = bring_back(&store, environment.now()).await.is_err();
        }
        tokio::time::sleep(LOOK).await;
        let (now, running) = (environment.now(), environment.running());
        due |= now.since(wall) < running - steady - 10 * SECOND;
        (wall, steady) = (now, running);
    }
}
