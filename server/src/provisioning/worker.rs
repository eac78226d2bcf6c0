//! Takes tasks and has them carried out.
//!
//! An attempt is: claim (a short transaction), call the target or the mail server (no transaction), bring the outcome
//! back (a short transaction). While it is under way, its lease is renewed; if the process dies, the lease runs out and
//! whoever takes the task next asks the target what has become of the account before trying again.

mod attempt;
mod settlement;
mod subject;

use std::{
    future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;

use super::queue::{self, For};
use crate::{
    access::code_keys::CodeKeys,
    condition::Condition,
    environment::Environment,
    fault::Trouble,
    handover::{Held, Room},
    lease::{self, Leased, Pace},
    live::Live,
    readiness::Sign,
    store::{OwnerId, Store, Subscriber, Template, proof},
    targets::{Refusal, Targets, breaker::Breakers},
};

/// How many attempts one server has under way at a time.
const CONCURRENCY: usize = 16;
/// How long to wait for tasks before looking again: what a retry or a dead replica's task waits at the longest.
const POLL: Duration = Duration::from_millis(500);
/// How often leases are renewed.
const HEARTBEAT: Duration = Duration::from_millis(queue::LEASE as u64 / 4);
/// How long a shutdown waits for attempts under way, before it gives their tasks back.
const GRACE: Duration = Duration::from_secs(6);

/// Sends the mail of a proof. Implemented over `crate::mail`; a trait so that the engine knows no transport.
#[async_trait]
pub trait Courier: Send + Sync {
    /// Whether a mail that is sent again replaces the first one.
    fn replaces(&self) -> bool;
    /// Whether mails can be sent now: asked before one is begun, so that what fails later is known to have got through.
    async fn ready(&self) -> Result<(), Refusal>;
    /// Writes and sends the mail with this link token and code.
    async fn send_proof(&self, letter: Letter) -> Result<(), Undelivered>;
}

/// Why it cannot be said that a mail is on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// No mail can be sent now: it went wrong before anybody was named whom it is for. Nothing has left.
    Out(Refusal),
    /// In the middle of this one something went wrong that may befall every mail. Nothing has left.
    Amid(Refusal),
    /// This one is to be tried again.
    Later(Refusal),
    /// This one was refused for good.
    Refused(Refusal),
    /// The mail server was given it and did not say whether it took it. Why, without naming anybody.
    Uncertain(String),
}

/// What the mail of a proof needs.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The proof: also the mail's id, so that sending it again is recognisable.
    pub proof: proof::Request,
    /// The subscriber who gets the mail.
    pub subscriber: Subscriber,
    /// Under which template.
    pub template: Template,
    /// The link's token.
    pub token: String,
    /// The six digits.
    pub code: String,
}

/// The engine's moving part.
#[derive(Clone)]
pub struct Worker {
    store: Store,
    environment: Environment,
    live: Live,
    targets: Targets,
    courier: Arc<dyn Courier>,
    code_keys: CodeKeys,
    max_attempts: u32,
    owner: String,
    breakers: Arc<Breakers>,
    /// Whether mails are refused for reasons that whoever runs the server has to fix.
    refused_mails: Arc<Condition>,
    /// Whether mails are handed over without a word of whether they were taken.
    unconfirmed_mails: Arc<Condition>,
    under_way: UnderWay,
    room: Room,
    poll: Duration,
    grace: Duration,
    sign: Sign,
}

impl Worker {
    /// A worker on this database. `max_attempts` counts attempts per task before the subscriber is in `error`.
    #[must_use]
    pub fn new(
        store: Store,
        environment: Environment,
        live: Live,
        targets: Targets,
        courier: Arc<dyn Courier>,
        max_attempts: u32,
    ) -> Self {
        let owner = environment.id().to_string();
        let breakers = Arc::<Breakers>::default();
        let room = Room::new(&owner, CONCURRENCY, breakers.clone());
        Self {
            store,
            environment,
            live,
            targets,
            courier,
            code_keys: CodeKeys::default(),
            max_attempts,
            owner,
            breakers,
            refused_mails: Arc::new(Condition::new("mail", "delivery")),
            unconfirmed_mails: Arc::new(Condition::new("mail", "confirmation")),
            under_way: UnderWay::default(),
            room,
            poll: POLL,
            grace: GRACE,
            sign: Sign::default(),
        }
    }

    /// The sign of life that it gives while it works.
    #[must_use]
    pub fn sign(&self) -> Sign {
        self.sign.clone()
    }

    /// What it works with: the targets that are set up here, and the mail server.
    #[must_use]
    pub fn services(&self) -> Vec<&'static str> {
        let mut services = self.targets.names();
        services.push(queue::MAIL);
        services
    }

    /// What it knows of outages.
    #[must_use]
    pub const fn breakers(&self) -> &Arc<Breakers> {
        &self.breakers
    }

    /// Whether mails are refused for reasons that whoever runs the server has to fix.
    #[must_use]
    pub const fn refused_mails(&self) -> &Arc<Condition> {
        &self.refused_mails
    }

    /// Keeps mailed codes under these keys.
    #[must_use]
    pub fn with_code_keys(mut self, keys: CodeKeys) -> Self {
        self.code_keys = keys;
        self
    }

    /// Looks for tasks this often, beside when it is told of some.
    #[must_use]
    pub const fn with_poll(mut self, poll: Duration) -> Self {
        self.poll = poll;
        self
    }

    /// Waits at most this long for attempts under way when it is told to stop.
    #[must_use]
    pub const fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Works until `stop` resolves, then finishes the attempts under way, or gives their tasks back.
    pub async fn run(self, stop: impl Future<Output = ()> + Send) {
        self.open();
        let handover = self.store.handover().clone();
        let stop = async move {
            stop.await;
            handover.close();
        };
        lease::run(Arc::new(self), stop).await;
    }

    /// From now on, what is ordered on this server is this worker's at once while it has room.
    pub fn open(&self) {
        self.room.open(self.store.handover());
    }

    /// Carries out what was handed over and every task that is due, one after the other, until none is: for tests and the command
    /// line.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn drain(&self) -> Result<(), Trouble> {
        loop {
            while let Some(handed) = self.room.handed_already() {
                self.carry_out(handed).await?;
            }
            if !lease::round(self, 1).await? {
                return Ok(());
            }
        }
    }
}

#[async_trait]
impl Leased for Worker {
    type Item = Held;

    fn pace(&self) -> Pace {
        Pace { name: "tasks", at_once: CONCURRENCY, poll: self.poll, renew: Some(HEARTBEAT), grace: self.grace }
    }

    fn environment(&self) -> &Environment {
        &self.environment
    }

    async fn claim(&self, most: usize) -> Result<Vec<Held>, Trouble> {
        let at = queue::moment(&self.environment);
        // Some may be kept for what is being ordered.
        let most = most.min(self.room.free());
        if most == 0 {
            self.room.leaves(true);
            return Ok(Vec::new());
        }
        if !queue::is_due(&self.store, at).await? {
            self.room.leaves(false);
            return Ok(Vec::new());
        }
        let resting = self.breakers.resting(at.now);
        let mut claimed = queue::claim(&self.store, at, &self.owner, most as u64, For::AllBut(resting.all)).await?;
        self.room.leaves(claimed.len() == most);
        for target in resting.due.into_iter().take(most.saturating_sub(claimed.len())) {
            let trial = queue::claim(&self.store, at, &self.owner, 1, For::Only(target.clone())).await?;
            if !trial.is_empty() {
                self.breakers.trial(&target, at.now);
            }
            claimed.extend(trial);
        }
        Ok(claimed.into_iter().map(|task| self.room.hold(task)).collect())
    }

    async fn handed(&self) -> Held {
        match self.room.handed().await {
            Some(held) => held,
            None => future::pending().await,
        }
    }

    async fn carry_out(&self, held: Held) -> Result<(), Trouble> {
        self.attempt(&held.task).await;
        Ok(())
    }

    async fn renew(&self) -> Result<(), Trouble> {
        let owners = self.under_way.owners();
        if owners.is_empty() {
            return Ok(());
        }
        Ok(queue::renew(&self.store, self.environment.now(), &self.owner, owners).await?)
    }

    async fn release(&self) -> Result<(), Trouble> {
        Ok(queue::free(&self.store, Some(&self.owner)).await?)
    }

    async fn news(&self) {
        self.live.wait_for_tasks().await;
    }

    fn polled(&self) {
        self.sign.give();
    }
}

/// For whom or what this server has attempts under way: one entry an attempt.
#[derive(Clone, Default)]
struct UnderWay(Arc<Mutex<Vec<OwnerId>>>);

/// Stands for one attempt under way, until it is dropped: also when the attempt panics or is given up.
struct Presence<'a>(&'a UnderWay, OwnerId);

impl UnderWay {
    fn enter(&self, owner: OwnerId) -> Presence<'_> {
        self.lock().push(owner);
        Presence(self, owner)
    }

    fn owners(&self) -> Vec<OwnerId> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<OwnerId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Presence<'_> {
    fn drop(&mut self) {
        let mut owners = self.0.lock();
        if let Some(at) = owners.iter().position(|owner| *owner == self.1) {
            owners.swap_remove(at);
        }
    }
}
