//! Traces: one from a click to what the target was asked.
//!
//! Whoever does something says so by spans of `tracing` under the target [`TRACE`], and knows nothing of traces. Whoever orders
//! something says `ordered` and the task's id within such a span: the attempts at that task, which come later and elsewhere in the
//! process, are parts of the same trace. A request's trace has its tracking id, so that whoever is told one finds the other.

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};
use tracing::{
    Event, Level, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, filter::Targets, layer::Context, registry::LookupSpan};

use super::{Said, Waiting, attribute, resource, waiting};
use crate::{environment::Environment, log::TRACE};

/// How many orders are remembered.
const ORDERS: usize = 10_000;

/// Where something stands: in which trace, under which span.
#[derive(Clone, Copy, Debug)]
struct Place {
    trace: u128,
    span: u64,
}

/// A span that has ended.
#[derive(Debug)]
pub struct Span {
    trace: u128,
    id: u64,
    parent: Option<u64>,
    name: String,
    kind: u8,
    began: i64,
    ended: i64,
    said: Said,
}

/// One that has not.
struct Open {
    place: Place,
    parent: Option<u64>,
    began: i64,
    since: Instant,
    said: Said,
}

/// In which span which task was ordered, the newest.
#[derive(Default)]
struct Orders {
    by_task: HashMap<u128, Place>,
    oldest_first: VecDeque<u128>,
}

impl Orders {
    fn note(&mut self, task: u128, place: Place) {
        if self.by_task.insert(task, place).is_none() {
            self.oldest_first.push_back(task);
        }
        if self.oldest_first.len() > ORDERS
            && let Some(oldest) = self.oldest_first.pop_front()
        {
            self.by_task.remove(&oldest);
        }
    }
}

/// Makes traces of what is said under [`TRACE`].
pub struct Recorder {
    environment: Environment,
    next: AtomicU64,
    orders: Mutex<Orders>,
    ended: mpsc::Sender<Span>,
}

/// Begins to record.
#[must_use]
pub fn begin(environment: Environment) -> (Recorder, Waiting<Span>) {
    let (ended, waiting) = waiting();
    // The random half of an id, which is never 0: servers give their spans different numbers.
    let next = AtomicU64::new(environment.id().as_u64_pair().1);
    (Recorder { environment, next, orders: Mutex::default(), ended }, waiting)
}

/// What a [`Recorder`] is to hear.
#[must_use]
pub fn heard() -> Targets {
    Targets::new().with_target(TRACE, Level::TRACE)
}

impl Recorder {
    fn id(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn orders(&self) -> MutexGuard<'_, Orders> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut said = Said::default();
        attributes.record(&mut said);
        let above = span.parent().and_then(|above| above.extensions().get::<Open>().map(|open| open.place));
        let task = said.number("task");
        let above = above.or_else(|| self.orders().by_task.get(&task?).copied());
        let trace = above.map(|above| above.trace).or_else(|| said.number("tracking_id")).or(task);
        let trace = trace.unwrap_or_else(|| self.environment.id().as_u128());
        let open = Open {
            place: Place { trace, span: self.id() },
            parent: above.map(|above| above.span),
            began: self.environment.now().0 * 1_000_000,
            since: Instant::now(),
            said,
        };
        span.extensions_mut().insert(open);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(&mut open.said);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut said = Said::default();
        event.record(&mut said);
        let Some(task) = said.number("ordered") else { return };
        let here = context.event_span(event).and_then(|span| span.extensions().get::<Open>().map(|open| open.place));
        if let Some(here) = here {
            self.orders().note(task, here);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Open { place, parent, began, since, said }) = span.extensions_mut().remove() else { return };
        let ended = began + i64::try_from(since.elapsed().as_nanos()).unwrap_or(i64::MAX - began);
        let kind = match span.name() {
            "request" => 2,
            "call" => 3,
            "attempt" => 5,
            _ => 1,
        };
        let name = said.text("name").unwrap_or(span.name()).to_owned();
        let Place { trace, span: id } = place;
        // Whoever works does not wait for whoever watches.
        _ = self.ended.try_send(Span { trace, id, parent, name, kind, began, ended, said });
    }
}

impl Span {
    fn to_json(&self) -> Value {
        let said = self.said.0.iter().filter(|(name, _)| *name != "name");
        let attributes: Vec<_> = said.map(|(name, value)| attribute(name, value)).collect();
        let failed = self.said.0.iter().any(|(name, value)| {
            *name == "http.response.status_code" && value.as_u64() >= Some(500)
                || *name == "outcome" && value == "refused"
        });
        json!({
            "traceId": format!("{:032x}", self.trace),
            "spanId": format!("{:016x}", self.id),
            "parentSpanId": self.parent.map(|parent| format!("{parent:016x}")).unwrap_or_default(),
            "name": self.name,
            "kind": self.kind,
            "startTimeUnixNano": self.began.to_string(),
            "endTimeUnixNano": self.ended.to_string(),
            "attributes": attributes,
            "status": { "code": if failed { 2 } else { 0 } },
        })
    }
}

/// Spans as a collector takes them.
#[must_use]
pub fn document(spans: &[Span], version: &str) -> Value {
    let spans: Vec<_> = spans.iter().map(Span::to_json).collect();
    json!({ "resourceSpans": [{
        "resource": resource(version),
        "scopeSpans": [{ "scope": { "name": "flowthrough" }, "spans": spans }],
    }] })
}
