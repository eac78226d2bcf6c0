//! What `/metrics` answers: the counters, and what stands somewhere at this moment.

use std::{path::PathBuf, sync::Arc};

use domain::{Timestamp, timestamp::SECOND};
use prometheus_client::{
    encoding::{EncodeGaugeValue, EncodeLabelSet, prometheus_text::encode},
    metrics::{
        counter::ConstCounter,
        family::Family,
        gauge::{ConstGauge, Gauge},
    },
    registry::Registry,
};

use super::{Metrics, Service, process::Process};
use crate::{
    build::Build,
    condition::Condition,
    environment::Environment,
    process,
    readiness::{PARTS, Readiness},
    store::{Store, counter, task},
    targets::breaker::Breakers,
};

/// What is looked at. Cheap to clone.
#[derive(Clone)]
pub struct Scrape {
    /// The database.
    pub store: Store,
    /// Time.
    pub environment: Environment,
    /// Whether this server can do its work.
    pub readiness: Readiness,
    /// What it knows of outages.
    pub breakers: Arc<Breakers>,
    /// The targets that are set up here, and the mail server.
    pub services: Vec<&'static str>,
    /// Whether mails are refused for reasons that whoever runs the server has to fix.
    pub refused_mails: Arc<Condition>,
    /// From what it was built.
    pub build: Build,
    /// On which disk it writes.
    pub folder: PathBuf,
    /// When it was started.
    pub started: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Part {
    part: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct What {
    what: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Pool {
    pool: &'static str,
    state: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuiltFrom {
    version: &'static str,
    commit: &'static str,
}

impl Scrape {
    /// Everything, in Prometheus' text format. What the database cannot be asked for now is left out.
    pub async fn text(&self) -> String {
        let mut registry = Registry::default();
        let metrics: &Metrics = self.store.metrics();
        metrics.register(&mut registry);
        self.service(&mut registry).await;
        self.users(&mut registry).await;
        self.queue(&mut registry).await;
        self.database(&mut registry);
        self.process(&mut registry);
        let mut text = String::new();
        // A String takes whatever is written.
        _ = encode(&mut text, &registry);
        text
    }

    async fn service(&self, registry: &mut Registry) {
        let failing = self.readiness.failing().await;
        let ready = family(PARTS.map(|part| (Part { part }, i64::from(!failing.iter().any(|one| one.part == part)))));
        registry.register("flowthrough_ready", "Whether this part can do its work (as at /readyz)", ready);
        let down = self.breakers.resting(self.environment.now()).all;
        let open = self.services.iter().map(|service| {
            let open = down.iter().any(|down| down == service);
            (Service { service }, i64::from(open))
        });
        registry.register("flowthrough_breaker_open", "Whether a service is spared because it is down", family(open));
        let [reading, writing] = self.store.failing();
        let failing = family([
            (What { what: "database_reading" }, i64::from(reading)),
            (What { what: "database_writing" }, i64::from(writing)),
            (What { what: "mail_delivery" }, i64::from(self.refused_mails.fails_since().is_some())),
        ]);
        registry.register(
            "flowthrough_condition_failing",
            "Whether something fails that an operator has to fix",
            failing,
        );
        let listeners = self.store.live().listeners();
        number(registry, "flowthrough_live_listeners", "Open pages that hear of changes", listeners);
        let Build { version, commit, .. } = self.build;
        let built = family([(BuiltFrom { version, commit }, 1)]);
        registry.register("flowthrough_build_info", "Always 1: the labels say what runs", built);
    }

    async fn users(&self, registry: &mut Registry) {
        let Ok(numbers) = counter::of_all(self.store.read()).await else { return };
        let users = family(numbers.into_iter().map(|(status, users)| (Status { status: status.as_str() }, users)));
        registry.register("flowthrough_users", "Users by status", users);
    }

    async fn queue(&self, registry: &mut Registry) {
        let db = self.store.read();
        let Ok(waiting) = counter::waiting_for(db).await else { return };
        let of = |service: &str| waiting.iter().find(|(name, _)| name == service).map_or(0, |(_, users)| *users);
        let depth = family(self.services.iter().map(|service| (Service { service }, of(service))));
        registry.register("flowthrough_queue_depth", "Users for whom something waits to be done", depth);
        let now = self.environment.now();
        let Ok(since) = task::due_since(db, now).await else { return };
        let seconds = since.map_or(0, |since| now.since(since).max(0) / SECOND);
        number(registry, "flowthrough_queue_overdue_seconds", "How long the most overdue task has been due", seconds);
    }

    fn database(&self, registry: &mut Registry) {
        let failures = ConstCounter::new(self.store.failures());
        registry.register("flowthrough_database_failures", "Calls that the database could not be used for", failures);
        let pools = self.store.pools().into_iter().flat_map(|(pool, used, idle)| {
            [(Pool { pool, state: "used" }, used), (Pool { pool, state: "idle" }, idle)]
        });
        registry.register("flowthrough_database_connections", "Connections to PostgreSQL", family(pools));
        if let Some((size, free)) = process::disk(&self.folder) {
            number(registry, "flowthrough_disk_size_bytes", "Size of the disk that this server writes on", size);
            number(registry, "flowthrough_disk_free_bytes", "What is free of it", free);
        }
    }

    fn process(&self, registry: &mut Registry) {
        let Process { resident_bytes, open_descriptors, most_descriptors, cpu_seconds } = Process::now();
        number(registry, "process_resident_memory_bytes", "Memory", resident_bytes);
        number(registry, "process_open_fds", "Open files and connections", open_descriptors);
        number(registry, "process_max_fds", "How many there may be", most_descriptors);
        registry.register("process_cpu_seconds", "Time on a processor", ConstCounter::new(cpu_seconds));
        let started = self.started.0 / SECOND;
        number(registry, "process_start_time_seconds", "When it was started, since the epoch", started);
    }
}

fn number<N: EncodeGaugeValue + std::fmt::Debug + Send + Sync + 'static>(
    registry: &mut Registry,
    name: &str,
    help: &str,
    value: N,
) {
    registry.register(name, help, ConstGauge::new(value));
}

fn family<L: Clone + std::hash::Hash + Eq>(values: impl IntoIterator<Item = (L, i64)>) -> Family<L, Gauge> {
    let family = Family::<L, Gauge>::default();
    for (labels, value) in values {
        family.get_or_create(&labels).set(value);
    }
    family
}
