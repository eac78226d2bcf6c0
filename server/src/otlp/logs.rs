//! What the log says, line for line, with the fields of the request of which it is said.

use serde_json::{Value, json};
use tokio::sync::mpsc;
use tracing::{
    Event, Level, Subscriber,
    span::{Attributes, Id},
};
use tracing_subscriber::{Layer, layer::Context, registry::LookupSpan};

use super::{Said, Waiting, attribute, resource, waiting};
use crate::environment::Environment;

/// Makes records of what is said.
pub struct Recorder {
    environment: Environment,
    said: mpsc::Sender<Record>,
}

/// A line of the log.
#[derive(Debug)]
pub struct Record {
    /// In nanoseconds of Unix time.
    at: i64,
    level: Level,
    target: &'static str,
    said: Said,
}

/// The fields of a span.
struct OfSpan(Said);

/// Begins to record.
#[must_use]
pub fn begin(environment: Environment) -> (Recorder, Waiting<Record>) {
    let (said, waiting) = waiting();
    (Recorder { environment, said }, waiting)
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut said = Said::default();
        attributes.record(&mut said);
        span.extensions_mut().insert(OfSpan(said));
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut said = Said::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(OfSpan(of_span)) = span.extensions().get::<OfSpan>() {
                said.0.extend(of_span.0.iter().cloned());
            }
        }
        event.record(&mut said);
        let (at, metadata) = (self.environment.now().0 * 1_000_000, event.metadata());
        // Whoever works does not wait for whoever watches.
        _ = self.said.try_send(Record { at, level: *metadata.level(), target: metadata.target(), said });
    }
}

impl Record {
    /// What it says is in `message`, or else which event it is.
    fn to_json(&self) -> Value {
        let body = self.said.text("message").or_else(|| self.said.text("event")).unwrap_or_default();
        let fields = self.said.0.iter().filter(|(name, _)| *name != "message");
        let target = [attribute("target", &self.target.into())];
        let attributes: Vec<_> = fields.map(|(name, value)| attribute(name, value)).chain(target).collect();
        // A request's trace has its tracking id.
        let trace = self.said.number("tracking_id").map(|trace| format!("{trace:032x}")).unwrap_or_default();
        json!({
            "timeUnixNano": self.at.to_string(),
            "severityNumber": severity(self.level),
            "severityText": self.level.as_str(),
            "body": { "stringValue": body },
            "attributes": attributes,
            "traceId": trace,
        })
    }
}

/// As the data model of OpenTelemetry's logs numbers them.
const fn severity(level: Level) -> u8 {
    match level {
        Level::TRACE => 1,
        Level::DEBUG => 5,
        Level::INFO => 9,
        Level::WARN => 13,
        Level::ERROR => 17,
    }
}

/// Records as a collector takes them.
#[must_use]
pub fn document(records: &[Record], version: &str) -> Value {
    let records: Vec<_> = records.iter().map(Record::to_json).collect();
    json!({ "resourceLogs": [{
        "resource": resource(version),
        "scopeLogs": [{ "scope": { "name": "flowthrough" }, "logRecords": records }],
    }] })
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::{filter::LevelFilter, fmt, layer::SubscriberExt as _};

    use super::*;
    use crate::log::{BoxedLayer, TRACE};

    #[test]
    fn a_line_has_the_fields_of_its_request_and_leads_to_its_trace() {
        let (recorder, mut waiting) = begin(Environment::real());
        let lines: BoxedLayer = fmt::layer().with_writer(std::io::sink).boxed();
        let said =
            tracing_subscriber::filter::Targets::new().with_default(Level::INFO).with_target(TRACE, LevelFilter::OFF);
        let lines = lines.and_then(Some(recorder.boxed())).with_filter(said).boxed();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(vec![lines]), || {
            let tracking_id = "01a21f72-d137-7b66-9e2a-5ad3a1f607a2";
            let request = tracing::error_span!("request", tracking_id);
            let trace = tracing::info_span!(target: TRACE, parent: &request, "request", tracking_id);
            request.in_scope(|| trace.in_scope(|| tracing::warn!(event = "fails", seconds = 7, "it fails")));
        });
        let sent = document(&waiting.take(), "1.2.3");
        let record = &sent["resourceLogs"][0]["scopeLogs"][0]["logRecords"][0];
        assert_eq!(record["traceId"], "01a21f72d1377b669e2a5ad3a1f607a2", "{record:#}");
        assert_eq!((&record["severityText"], &record["severityNumber"]), (&json!("WARN"), &json!(13)));
        assert_eq!(record["body"]["stringValue"], "it fails");
        let attributes = record["attributes"].as_array().unwrap();
        for attribute in [attribute("event", &json!("fails")), attribute("seconds", &json!(7))] {
            assert!(attributes.contains(&attribute), "{attribute} is not in {record:#}");
        }
    }
}
