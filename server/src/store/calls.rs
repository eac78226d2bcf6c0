//! What every call to the database goes through: an end to waiting, and a note of how it went.

use std::{future::pending, sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbErr, RuntimeErr};
use tokio::time::{Instant, sleep, timeout};

use super::{
    health::Health,
    mishap::{Call, Mishap, Mishaps},
    patience::{LATE, PING, Patience, left_of},
};
use crate::{
    metrics::Metrics,
    store::{CONTENDED, DAMAGED, SLOW, interruption},
};

/// How long to wait before a connection is asked for again.
const PAUSE: Duration = Duration::from_millis(50);

/// How one caller calls. Cheap to clone.
#[derive(Clone)]
pub(super) struct Calls {
    pub(super) patience: Patience,
    pub(super) health: Arc<Health>,
    pub(super) metrics: Metrics,
    pub(super) mishaps: Option<Arc<dyn Mishaps>>,
    /// Who is asked whether the database answers anybody, when somebody is at the door who waits for a statement.
    pub(super) witness: Option<DatabaseConnection>,
}

impl Calls {
    /// How somebody calls who has time.
    pub(super) fn patiently(&self) -> Self {
        Self { patience: Patience::in_background(), witness: None, ..self.clone() }
    }

    /// What happens to the call that comes next.
    pub(super) async fn mishap(&self, call: Call<'_>) -> Option<Mishap> {
        self.mishaps.as_ref()?.next(call).await
    }

    /// Waits for the answer to one statement; for a slow one longer than for one that never comes.
    pub(super) async fn answer<T>(&self, call: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        tokio::select! {
            biased;
            outcome = within(left_of(self.patience.statement), call) => outcome,
            () = self.silence() => Err(silent()),
        }
    }

    /// Comes to its end if the database has not answered anybody since this was called. One connection that is silent among others
    /// that are not cannot be told from a slow statement.
    async fn silence(&self) {
        let Some(witness) = &self.witness else { return pending().await };
        let seen = self.health.moves();
        sleep(LATE).await;
        if self.health.moves() != seen || within(PING, witness.execute_unprepared("SELECT 1")).await.is_ok() {
            pending().await
        }
    }

    /// Asks until it goes well, or nothing has moved for too long. Each attempt is told how long it has left.
    pub(super) async fn insist<T, F>(
        &self,
        moves: impl Fn(&Health) -> u64,
        attempt: impl Fn(Duration) -> F,
    ) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>>,
    {
        let Patience { stall, queue, .. } = self.patience;
        let stall = left_of(stall);
        let began = Instant::now();
        let (mut last, mut moved) = (moves(&self.health), began);
        loop {
            let outcome = attempt(stall.saturating_sub(moved.elapsed())).await;
            match outcome.as_ref().err().and_then(interruption) {
                // Somebody else keeps it: that was waited for already. And what is damaged stays so.
                None | Some(CONTENDED | SLOW | DAMAGED) => return outcome,
                Some(_) => {}
            }
            let seen = moves(&self.health);
            if seen != last {
                (last, moved) = (seen, Instant::now());
            }
            if moved.elapsed() + PAUSE >= stall || began.elapsed() >= queue {
                return outcome;
            }
            sleep(PAUSE).await;
        }
    }
}

/// Waits no longer than this.
pub(super) async fn within<T>(longest: Duration, call: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
    match timeout(longest, call).await {
        Ok(outcome) => outcome,
        Err(_) => Err(silent()),
    }
}

fn silent() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("no answer in time".to_owned()))
}
