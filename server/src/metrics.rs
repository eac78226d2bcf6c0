//! What this server counts: how requests were answered, what happened to users, how attempts ended. docs/MONITORING.md lists it.
//!
//! Counting costs some nanoseconds and waits for nobody. A label has a value from a list of ours, never what somebody sent:
//! no path, no name, no id. What is not counted but stands somewhere is read when somebody asks ([`scrape`]).

mod process;
pub mod scrape;

use std::{sync::Arc, time::Duration};

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};
use tokio::time::Instant;

/// The upper bounds of how long a request may take, in seconds: those that OpenTelemetry gives for
/// `http.server.request.duration`.
const REQUEST: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
/// Of one call to a target or the mail server, which may take longer.
const ATTEMPT: [f64; 10] = [0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];
/// Of waiting for the turn to write.
const TURN: [f64; 10] = [0.000_1, 0.000_5, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0];
/// Of becoming provisioned: from a quick target to one that was down for a day.
const PROVISIONING: [f64; 10] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 1_800.0, 10_800.0, 86_400.0];

/// The counters of one server. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Counters>);

#[derive(Debug)]
struct Counters {
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    steps: Family<Step, Counter>,
    provisioning: Histogram,
    attempts: Family<Attempt, Counter>,
    attempt_durations: Family<Service, Histogram, fn() -> Histogram>,
    refusals: Family<Throttle, Counter>,
    mail_reports: Family<MailReport, Counter>,
    writers_waiting: Gauge,
    turns: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self(Arc::new(Counters {
            requests: Family::new_with_constructor(|| Histogram::new(REQUEST)),
            steps: Family::default(),
            provisioning: Histogram::new(PROVISIONING),
            attempts: Family::default(),
            attempt_durations: Family::new_with_constructor(|| Histogram::new(ATTEMPT)),
            refusals: Family::default(),
            mail_reports: Family::default(),
            writers_waiting: Gauge::default(),
            turns: Histogram::new(TURN),
        }))
    }
}

/// How a request was answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// The method, or `other`.
    pub http_request_method: &'static str,
    /// The route's pattern; `none` for what is no route.
    pub http_route: String,
    /// The status.
    pub http_response_status_code: u16,
}

/// How an attempt at a target or the mail server ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Attempt {
    /// At which.
    #[prometheus(flatten)]
    pub service: Service,
    /// How, in a word.
    pub outcome: &'static str,
    /// The fault's code; 0 if there was none.
    pub fault: u32,
}

/// A target that is set up here, or the mail server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct Service {
    /// Its name.
    pub service: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Step {
    event: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Throttle {
    limit: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct MailReport {
    outcome: &'static str,
}

/// Something that happened to a user or workspace, counted once it is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A step of its history.
    Step(&'static str),
    /// It was provisioned after so many milliseconds of provisioning.
    Provisioned(i64),
}

impl Metrics {
    /// A request was answered.
    pub fn request_ended(&self, labels: &RequestLabels, after: Duration) {
        self.0.requests.get_or_create(labels).observe(after.as_secs_f64());
    }

    /// Something happened.
    pub fn happened(&self, happened: Happened) {
        match happened {
            Happened::Step(event) => _ = self.0.steps.get_or_create(&Step { event }).inc(),
            Happened::Provisioned(milliseconds) => {
                let took = Duration::from_millis(u64::try_from(milliseconds).unwrap_or(0));
                self.0.provisioning.observe(took.as_secs_f64());
            }
        }
    }

    /// An attempt has ended.
    pub fn attempted(&self, attempt: &Attempt, after: Duration) {
        self.0.attempts.get_or_create(attempt).inc();
        self.0.attempt_durations.get_or_create(&attempt.service).observe(after.as_secs_f64());
    }

    /// Somebody was refused who had tried too often.
    pub fn throttled(&self, limit: &'static str) {
        self.0.refusals.get_or_create(&Throttle { limit }).inc();
    }

    /// A mail server has reported on a mail that it took.
    pub fn reported(&self, outcome: &'static str) {
        self.0.mail_reports.get_or_create(&MailReport { outcome }).inc();
    }

    /// Somebody waits for the turn to write, until what this returns is dropped.
    #[must_use]
    pub fn waits_to_write(&self) -> Wait {
        self.0.writers_waiting.inc();
        Wait { metrics: self.clone(), began: Instant::now() }
    }

    fn register(&self, registry: &mut Registry) {
        let Counters {
            requests,
            steps,
            provisioning,
            attempts,
            attempt_durations,
            refusals,
            mail_reports,
            writers_waiting,
            turns,
        } = &*self.0;
        registry.register(
            "http_server_request_duration_seconds",
            "How long answers took until their head was sent",
            requests.clone(),
        );
        registry.register("flowthrough_history_steps", "What happened to users and workspaces", steps.clone());
        registry.register(
            "flowthrough_provisioning_duration_seconds",
            "From the proven or trusted address to the account",
            provisioning.clone(),
        );
        registry.register("flowthrough_attempts", "Attempts at targets and the mail server", attempts.clone());
        registry.register(
            "flowthrough_attempt_duration_seconds",
            "How long one attempt took",
            attempt_durations.clone(),
        );
        registry.register("flowthrough_throttled", "Tries that were refused because of their number", refusals.clone());
        registry.register(
            "flowthrough_mail_reports",
            "What mail servers have reported of mails that they took",
            mail_reports.clone(),
        );
        registry.register(
            "flowthrough_database_writers_waiting",
            "Units of work that wait for their turn or a connection",
            writers_waiting.clone(),
        );
        registry.register(
            "flowthrough_database_turn_duration_seconds",
            "How long units of work waited for that",
            turns.clone(),
        );
    }
}

/// Somebody waits for the turn to write: see [`Metrics::waits_to_write`].
#[derive(Debug)]
pub struct Wait {
    metrics: Metrics,
    began: Instant,
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.metrics.0.writers_waiting.dec();
        self.metrics.0.turns.observe(self.began.elapsed().as_secs_f64());
    }
}
