//! What happens, for a collector of OpenTelemetry: [`traces`], and what the log says ([`logs`]).
//!
//! What is sent is OTLP in JSON over HTTP, which every collector takes: it needs no library. No name, address or secret is in it,
//! as in the log. Nothing waits for a collector: what it does not take in time is lost.

pub mod logs;
pub mod traces;

use std::{fmt, time::Duration};

use reqwest::{Client, Url, header::CONTENT_TYPE};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing_subscriber::Layer as _;

use crate::{condition::Condition, config::Config, environment::Environment, log::Collected, outbound::client};

/// How many of a kind may wait to be sent; others are lost.
const WAITING: usize = 4_096;
/// How many are sent at once.
const AT_ONCE: usize = 512;
/// How long they are gathered before they are sent.
const GATHER: Duration = Duration::from_secs(1);
/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be sent.
pub struct Waiting<T>(mpsc::Receiver<T>);

fn waiting<T>() -> (mpsc::Sender<T>, Waiting<T>) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (sender, Waiting(receiver))
}

/// What is sent of a process, once it has a runtime.
#[derive(Default)]
pub struct Outlet {
    spans: Option<Waiting<traces::Span>>,
    records: Option<Waiting<logs::Record>>,
}

/// Begins to record what the settings say.
#[must_use]
pub fn begin(config: &Config) -> (Collected, Outlet) {
    let Some(_) = config.otlp else { return Default::default() };
    let (recorder, spans) = traces::begin(Environment::real());
    let (logged, records) = config.otlp_logs.then(|| logs::begin(Environment::real())).unzip();
    let collected = Collected {
        spans: Some(recorder.with_filter(traces::heard()).boxed()),
        lines: logged.map(|logged| logged.boxed()),
    };
    (collected, Outlet { spans: Some(spans), records })
}

impl Outlet {
    /// Sends it to the collector of the settings, for as long as the process lives.
    pub async fn send(self, config: &Config, version: &'static str) {
        let Some(base) = config.otlp.clone() else { return };
        let spans = async {
            if let Some(spans) = self.spans {
                spans.send("traces", &base, |spans| traces::document(spans, version)).await;
            }
        };
        let records = async {
            if let Some(records) = self.records {
                records.send("logs", &base, |records| logs::document(records, version)).await;
            }
        };
        tokio::join!(spans, records);
    }
}

impl<T> Waiting<T> {
    /// What there is so far.
    pub fn take(&mut self) -> Vec<T> {
        std::iter::from_fn(|| self.0.try_recv().ok()).collect()
    }

    async fn send(mut self, what: &'static str, base: &Url, document: impl Fn(&[T]) -> Value) {
        let environment = Environment::real();
        let mut collector = base.clone();
        collector.set_path(&format!("{}/v1/{what}", base.path().trim_end_matches('/')));
        let condition = Condition::new(what, collector.origin().ascii_serialization());
        let client = match client(PATIENCE, PATIENCE).build() {
            Ok(client) => client,
            Err(error) => return tracing::error!(%error, "nothing can be sent to a collector"),
        };
        let mut some = Vec::new();
        while self.0.recv_many(&mut some, AT_ONCE).await > 0 {
            environment.sleep(GATHER).await;
            some.extend(std::iter::from_fn(|| self.0.try_recv().ok()).take(AT_ONCE));
            match post(&client, &collector, &document(&some)).await {
                Ok(()) => condition.works(environment.now()),
                Err((cause, detail)) => condition.fails(environment.now(), cause, detail),
            };
            some.clear();
        }
    }
}

async fn post(client: &Client, collector: &Url, document: &Value) -> Result<(), (&'static str, String)> {
    let request = client.post(collector.clone()).header(CONTENT_TYPE, "application/json").body(document.to_string());
    match request.send().await {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(("refused", answer.status().to_string())),
        Err(error) if error.is_timeout() => Err(("timeout", String::new())),
        Err(_) => Err(("unreachable", String::new())),
    }
}

/// Who says it.
fn resource(version: &str) -> Value {
    json!({ "attributes": [attribute("service.name", &"flowthrough".into()), attribute("service.version", &version.into())] })
}

fn attribute(name: &str, value: &Value) -> Value {
    let value = match value {
        Value::Number(number) => json!({ "intValue": number.to_string() }),
        other => json!({ "stringValue": other.as_str().unwrap_or_default() }),
    };
    json!({ "key": name, "value": value })
}

/// The fields of a span or an event.
#[derive(Clone, Debug, Default)]
struct Said(Vec<(&'static str, Value)>);

impl Said {
    fn note(&mut self, field: &Field, value: Value) {
        self.0.retain(|(name, _)| *name != field.name());
        self.0.push((field.name(), value));
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| *known == name)?.1.as_str()
    }

    /// An id as the number of a trace.
    pub(super) fn number(&self, name: &str) -> Option<u128> {
        uuid::Uuid::parse_str(self.text(name)?).ok().map(|id| id.as_u128())
    }
}

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.note(field, format!("{value:?}").into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.note(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.note(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.note(field, value.into());
    }
}
