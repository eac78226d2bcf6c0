//! A clock that is set.
//!
//! One that ran ahead and was set right: what was written meanwhile lies in a future that does not come for long: somebody would wait hours for what takes
//! minutes, and what ends after a while would not end. So whatever is later than anything that could be written now is
//! brought back to the latest that could be. Replicas' clocks may differ a little ([`clock::SKEW`]).
//!
//! One that is set ahead: who waited for what was asked a moment ago, because it may still happen, would wait no longer, and the
//! account that is made then would be nobody's. So what was to come stays as far off as it was ([`Steady`]).

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Timestamp, timestamp::SECOND};
use tokio::time::Instant;

use crate::{
    environment::Environment,
    fault::Trouble,
    provisioning::queue,
    store::{Store, clock},
};

/// How often to look whether the clock was set back.
const LOOK: Duration = Duration::from_secs(5);

/// By how much a clock is set at least, in milliseconds: less is what keeps it right.
const LEAP: i64 = 5 * SECOND;

/// For how long a task is leased, and may be in doubt, in milliseconds.
const TASKS: (i64, i64) = (queue::LEASE, queue::LONGEST_CALL + queue::SETTLING);

/// Tells the engine the time. Cheap to clone. A server that starts knows nothing of what the clock was set to before.
#[derive(Clone)]
pub struct Steady {
    environment: Environment,
    /// What the clock said when the time was told, and how much had passed.
    told: Arc<Mutex<(Timestamp, i64)>>,
}

impl Steady {
    /// From now on.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        let told = Arc::new(Mutex::new((environment.now(), environment.running())));
        Self { environment, told }
    }

    /// What time it is. Where the clock was set ahead, what tasks wait for is put off by as much before anybody goes by it.
    ///
    /// # Errors
    /// If the database fails; then it is done the next time.
    pub async fn now(&self, store: &Store) -> Result<Timestamp, Trouble> {
        let (now, running) = (self.environment.now(), self.environment.running());
        let (told, ran) = *self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let otherwise = told.plus(running - ran);
        let by = now.since(otherwise);
        if by > LEAP {
            tracing::warn!(
                event = "clock_set_ahead",
                by,
                "the clock was set ahead: what was waited for is waited for as long"
            );
            clock::put_off(store, otherwise, by, TASKS.1).await?;
        }
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) = (now, running);
        Ok(now)
    }
}

/// Brings back what was written by a clock that ran ahead.
///
/// # Errors
/// If the database fails; then it has to be done again.
pub async fn bring_back(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    Ok(clock::bring_back(store, now, TASKS).await?)
}

/// Looks, for as long as it is polled, whether the clock was set back, and brings back what was written before.
pub async fn watch(store: Store, environment: Environment) {
    let (mut wall, mut steady) = (environment.now(), Instant::now());
    let mut due = clock::was_ahead(&store, wall).await.unwrap_or(false);
    loop {
        if due {
            tracing::warn!(event = "clock_set_back", "the clock was set back: what was written for later is due now");
            due = bring_back(&store, environment.now()).await.is_err();
        }
        tokio::time::sleep(LOOK).await;
        let (now, tick) = (environment.now(), Instant::now());
        let passed = i64::try_from(tick.duration_since(steady).as_millis()).unwrap_or(i64::MAX);
        due |= now.since(wall) < passed - 10 * SECOND;
        (wall, steady) = (now, tick);
    }
}
