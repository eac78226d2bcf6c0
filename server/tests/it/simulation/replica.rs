//! A server: the engine's worker with a clock, a memory and a way to the database of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use server::{
    access::code_keys::CodeKeys,
    environment::Environment,
    live::Live,
    provisioning::worker::Worker,
    store::{Call, Mishap, Mishaps, Store},
    targets::{Targets, directory},
};
use tokio::{sync::oneshot, task::JoinSet};

use super::{chance::Chance, outside::Outside, time::ServerClock};
use crate::support::MAX_ATTEMPTS;

/// Under which mailed codes are kept.
const CODE_KEY: &str = "the-key-of-the-simulation-is-no-secret";
/// How a call can fail.
const MISHAPS: [Mishap; 3] = [Mishap::Refused, Mishap::GivenUp, Mishap::Unheard];
/// How long a call that is slow takes at most, in milliseconds.
const SLOW: i64 = 3_000;

/// A server that can be killed.
pub struct Replica {
    number: usize,
    chance: Chance,
    outside: Outside,
    /// The database as it is.
    database: Store,
    pub environment: Environment,
    pub clock: ServerClock,
    thaws_at: Arc<AtomicI64>,
    /// The database as this server has it, until it dies.
    pub store: Store,
    /// What it has under way. Dropped, all of it ends where it is.
    running: JoinSet<()>,
    stop: Option<oneshot::Sender<()>>,
}

impl Replica {
    pub fn start(number: usize, chance: &Chance, outside: &Outside, database: &Store, seed: u64) -> Self {
        let clock = ServerClock::new(chance.time.clone());
        let mut replica = Self {
            number,
            chance: chance.clone(),
            outside: outside.clone(),
            store: database.clone(),
            database: database.clone(),
            environment: Environment::of(clock.clone(), seed + number as u64),
            clock,
            thaws_at: Arc::default(),
            running: JoinSet::new(),
            stop: None,
        };
        replica.rise(0, poll(chance));
        replica
    }

    /// Is started, after so many milliseconds.
    fn rise(&mut self, after: i64, poll: i64) {
        let live = Live::default();
        let calls = Calls { chance: self.chance.clone(), thaws_at: self.thaws_at.clone() };
        let database = self.database.of_another_server(live.clone());
        self.store = database.with_mishaps(Arc::new(calls)).patiently();
        let targets = Targets::default().with(directory::NAME, Arc::new(self.outside.clone()));
        let (store, environment) = (self.store.clone(), self.environment.clone());
        let worker = Worker::new(store, environment, live, targets, Arc::new(self.outside.clone()), MAX_ATTEMPTS)
            .with_code_keys(CodeKeys::parse(CODE_KEY).unwrap())
            .with_poll(Duration::from_millis(poll.unsigned_abs()));
        let (stop, stopped) = oneshot::channel();
        self.stop = Some(stop);
        let begins = self.chance.time.sleep(after);
        self.running.spawn(async move {
            begins.await;
            worker.run(async { drop(stopped.await) }).await;
        });
    }

    /// Dies with everything that it has under way, and is back after a while.
    pub fn crash(&mut self, after: i64) {
        self.running = JoinSet::new();
        self.thaws_at.store(0, Ordering::SeqCst);
        self.rise(after, poll(&self.chance));
    }

    /// Is told to end; another process takes its place.
    pub fn restart(&mut self) {
        drop(self.stop.take());
        self.rise(0, poll(&self.chance));
    }

    /// Stands still for so many milliseconds: it calls nobody, and hears no answer.
    pub fn freeze(&self, milliseconds: i64) {
        self.thaws_at.store(self.chance.time.now() + milliseconds, Ordering::SeqCst);
    }

    /// From now on it works in peace, and seldom looks for what there is to do.
    pub fn calm_down(&mut self) {
        self.freeze(0);
        self.clock.set(0);
        drop(self.stop.take());
        self.rise(0, 60_000);
    }

    /// Does something for a client, until it is done or the server dies.
    pub fn serve(&mut self, request: impl Future<Output = ()> + Send + 'static) {
        self.running.spawn(request);
    }

    pub fn number(&self) -> usize {
        self.number
    }
}

/// How often a server looks for what there is to do, in milliseconds.
fn poll(chance: &Chance) -> i64 {
    chance.between(500, 10_000)
}

/// A server's calls to the database.
struct Calls {
    chance: Chance,
    thaws_at: Arc<AtomicI64>,
}

#[async_trait]
impl Mishaps for Calls {
    async fn next(&self, call: Call<'_>) -> Option<Mishap> {
        // One that stands still inside a unit of work would hold up all others, as long as the database lets it.
        if matches!(call, Call::Begin | Call::Read(_)) {
            let still = self.thaws_at.load(Ordering::SeqCst) - self.chance.time.now();
            if still > 0 {
                self.chance.time.sleep(still).await;
            }
        }
        let weather = self.chance.weather();
        if self.chance.happens(weather.database_slow) {
            self.chance.time.sleep(self.chance.between(1, SLOW)).await;
        }
        self.chance.happens(weather.database_fails).then(|| self.chance.one_of(&MISHAPS))
    }
}
