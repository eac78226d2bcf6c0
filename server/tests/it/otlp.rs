//! What a collector of OpenTelemetry gets: traces, one from a click to the target, and what the log says.

use std::time::Duration;

use axum::{Router, routing::post};
use reqwest::Client;
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use server::otlp::traces;
use tokio::{net::TcpListener, sync::mpsc};
use tracing_subscriber::{Layer as _, layer::SubscriberExt as _};

use crate::{
    entity::subscriber,
    log::{cookie_of, form, let_everybody_be_asked},
    support::{BroadWorks, Installation, World, free_port},
};

/// How long spans may take to come.
const SOON: Duration = Duration::from_secs(60);

/// The spans of what a collector was sent.
fn spans(sent: &[Value]) -> Vec<&Value> {
    let of_one = |sent: &Value| sent.pointer("/resourceSpans/0/scopeSpans/0/spans").cloned();
    assert!(sent.iter().all(|sent| of_one(sent).is_some()), "{sent:?}");
    sent.iter().flat_map(|sent| sent["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap()).collect()
}

/// The span of this name and kind that is below another one, or below none.
fn below<'a>(spans: &[&'a Value], above: Option<&Value>, name: &str, kind: u64) -> Option<&'a Value> {
    let parent = above.map_or(json!(""), |above| above["spanId"].clone());
    let fits = |span: &&&Value| {
        span["name"] == name
            && span["kind"] == kind
            && span["parentSpanId"] == parent
            && above.is_none_or(|above| span["traceId"] == above["traceId"])
    };
    spans.iter().find(fits).copied()
}

fn said(span: &Value, name: &str) -> Value {
    let attributes = span["attributes"].as_array().unwrap();
    attributes.iter().find(|attribute| attribute["key"] == name).map_or(Value::Null, |found| found["value"].clone())
}

#[test]
fn an_activation_is_one_trace_from_the_click_to_the_target() {
    let_everybody_be_asked();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("traces.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (recorder, mut traces) = traces::begin(server::environment::Environment::real());
    let heard = tracing_subscriber::registry().with(recorder.with_filter(traces::heard()));
    tracing::subscriber::with_default(heard, || {
        runtime.block_on(async {
            let world = World::new(&url).await;
            let broadworks = BroadWorks::start().await;
            broadworks.put("annabel@sp.com", "Annabel");
            let site = world.site().await;
            let template = world.open_template(&broadworks, |_| ()).await;
            world.arrive(&template, "annabel@sp.com", None).await;
            let share = template.share_token.as_str();
            let credentials = form(&[("share", share), ("user_id", "annabel@sp.com"), ("password", "secret")]);
            let signed_in = site.post("/api/portal/sign_in", "", &credentials).await;
            let session = cookie_of(&signed_in, app::visitor::PORTAL_SESSION);
            let user = subscriber::Entity::find().one(world.store.read()).await.unwrap().unwrap().id.to_string();
            let address = form(&[("share", share), ("user", &user), ("email", "annabel@acme.example")]);
            site.post("/api/portal/address", &session, &address).await;
            world.work().await;
            let letter = world.postman.last();
            site.post(
                "/api/portal/code",
                &session,
                &form(&[("share", share), ("user", &user), ("code", &letter.code)]),
            )
            .await;
            world.work().await;

            let document = traces::document(&traces.take(), "1.2.3");
            let sent = [document.clone()];
            let spans = spans(&sent);
            for (click, order, service) in [
                ("POST /api/portal/address", "send_proof", "mail"),
                ("POST /api/portal/code", "create_account", "directory"),
            ] {
                let click = below(&spans, None, click, 2).unwrap_or_else(|| panic!("{click}: {document:#}"));
                let attempt = below(&spans, Some(click), order, 5).unwrap_or_else(|| panic!("{order}: {document:#}"));
                below(&spans, Some(attempt), service, 3).unwrap_or_else(|| panic!("{service}: {document:#}"));
                assert_eq!(said(click, "http.response.status_code")["intValue"], "200", "{click}");
                let outcome = said(attempt, "outcome");
                assert!(["sent", "done"].contains(&outcome["stringValue"].as_str().unwrap()), "{attempt}");
                let number = |moment: &str| click[moment].as_str().unwrap().parse::<i64>().unwrap();
                assert!(number("startTimeUnixNano") <= number("endTimeUnixNano"), "{click}");
            }
            // Nobody is in it.
            let text = document.to_string();
            for somebody in ["annabel", "acme", "secret", &letter.code, &letter.token, share] {
                assert!(!text.contains(somebody), "{somebody} is in {text}");
            }
        });
    });
}

/// A collector's address, and what it gets there.
async fn collector(path: &str) -> (String, mpsc::UnboundedReceiver<Value>) {
    let (heard, hears) = mpsc::unbounded_channel();
    #[allow(clippy::disallowed_methods, reason = "this is another server's router")]
    let collector = Router::new().route(
        path,
        post(async move |body: String| {
            let _ = heard.send(serde_json::from_str::<Value>(&body).unwrap());
            "{}"
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, collector).await });
    (address, hears)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_an_order_of_the_api_under_its_tracking_id() {
    let (collector, mut hears) = collector("/v1/traces").await;
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_OTLP_ENDPOINT", &collector);
    let template = installation.add_trusted_template(&[]);
    let token = installation.add_token();
    let server = installation.serve(&Client::new(), free_port()).await;
    let order = json!({
        "provisioningId": template, "userId": "ann@sp.com", "spEnterpriseId": "SP1+acme", "firstName": "Ann",
        "lastName": "Lee", "package": "standard", "email": "ann@acme.example",
    });
    let request = Client::new().post(format!("{}/v1/broadworks/subscribers", server.url)).bearer_auth(&token);
    let answer = request.header("content-type", "application/json").body(order.to_string()).send().await.unwrap();
    let tracking_id = answer.headers()["trackingid"].to_str().unwrap().replace('-', "");
    let mut sent = Vec::new();
    let call = async {
        loop {
            sent.push(hears.recv().await.unwrap());
            let spans = spans(&sent);
            let order = below(&spans, None, "POST /v1/broadworks/subscribers", 2);
            let attempt = order.and_then(|order| below(&spans, Some(order), "create_account", 5));
            if let Some(call) = attempt.and_then(|attempt| below(&spans, Some(attempt), "directory", 3)) {
                return call["traceId"].clone();
            }
        }
    };
    let trace = tokio::time::timeout(SOON, call).await.expect("the trace comes");
    assert_eq!(trace, json!(tracking_id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_is_in_the_log_and_holds_nobody_up() {
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let installation =
        Installation::on_sqlite().with("FLOWTHROUGH_OTLP_ENDPOINT", &nowhere).with("FLOWTHROUGH_LOG", "warn").logged();
    let server = installation.serve(&Client::new(), free_port()).await;
    let line = installation.says("event=\"fails\" what=\"traces\"").await;
    assert!(line.contains("cause=\"unreachable\""), "{line}");
    let client = Client::new();
    assert!(client.get(format!("{}/healthz", server.url)).send().await.unwrap().status().is_success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_says_leaves_the_machine() {
    let (collector, mut hears) = collector("/v1/logs").await;
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_OTLP_ENDPOINT", &collector)
        .with("FLOWTHROUGH_OTLP_LOGS", "true")
        .logged();
    let server = installation.serve(&Client::new(), free_port()).await;
    let wrong = form(&[("email", "annabel@acme.example"), ("password", "sesame"), ("next", "/hub")]);
    let request = Client::new().post(format!("{}/api/hub/sign-in", server.url)).header("sec-fetch-site", "same-origin");
    request.header("content-type", "application/x-www-form-urlencoded").body(wrong).send().await.unwrap();
    let record = async {
        loop {
            let sent = hears.recv().await.unwrap();
            let text = sent.to_string();
            assert!(!text.contains("annabel") && !text.contains("sesame"), "{text}");
            let records = sent["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap().clone();
            let is_it = |record: &Value| said(record, "event")["stringValue"] == "sign_in_refused";
            if let Some(record) = records.into_iter().find(is_it) {
                return record;
            }
        }
    };
    let record = tokio::time::timeout(SOON, record).await.expect("the line comes");
    assert_eq!((&record["severityText"], &record["severityNumber"]), (&json!("INFO"), &json!(9)));
    assert_eq!(record["body"]["stringValue"], "wrong credentials");
    assert_eq!(said(&record, "target")["stringValue"], "security");
    let tracking_id = said(&record, "tracking_id")["stringValue"].as_str().unwrap().replace('-', "");
    assert_eq!(record["traceId"], json!(tracking_id), "the trace of the request is found by it");
    // It stays on the machine besides.
    installation.says("event=\"sign_in_refused\"").await;
}
