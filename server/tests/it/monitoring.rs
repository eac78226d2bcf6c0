//! What the server says of itself: metrics, and the files that are made of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use domain::{Package, lifecycle::Event};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use server::{
    bounces::Bounces,
    build::Build,
    mail::{ReturnAddress, ReturnPaths},
    metrics::scrape::Scrape,
    readiness::{Readiness, Sign},
};

use crate::support::{Installation, World, for_each_database, free_port, promtool, python};

const BUILD: Build = Build { version: "1.2.3", commit: "0123abc", date: "2026-11-26" };

fn document(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// What a program says of this; it has to find nothing wrong with it.
fn judge(program: impl AsRef<Path>, arguments: &[&str], input: &str) -> String {
    let mut command = Command::new(program.as_ref());
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut judge = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", program.as_ref().display()));
    judge.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = judge.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Prometheus itself finds nothing to say of what is scraped.
fn is_judged_well(scrape: &str) {
    if let Some(promtool) = promtool() {
        assert_eq!(judge(promtool, &["check", "metrics"], scrape), "");
    }
}

fn scrape_of(world: &World) -> Scrape {
    let worker = world.worker();
    Scrape {
        store: world.store.clone(),
        environment: world.environment.clone(),
        readiness: Readiness::new(world.store.clone(), world.environment.clone(), Sign::default()),
        breakers: worker.breakers().clone(),
        services: worker.services(),
        refused_mails: worker.refused_mails().clone(),
        build: BUILD,
        folder: ".".into(),
        started: world.environment.now(),
    }
}

/// A metric's type and labels.
type Kinds = BTreeMap<String, (String, BTreeSet<String>)>;

/// What a scrape holds.
fn found(scrape: &str) -> Kinds {
    let mut kinds = Kinds::new();
    for line in scrape.lines() {
        if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
            kinds.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
        } else if !line.starts_with('#') {
            let name = line.split(['{', ' ']).next().unwrap();
            let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
            let family = if kinds.contains_key(name) { name } else { family };
            let labels = line.split_once('{').map_or("", |(_, rest)| rest.rsplit_once('}').unwrap().0);
            let names = labels.split("=\"").map(|part| part.rsplit(['"', ',']).next().unwrap());
            let names = names.filter(|name| !name.is_empty() && *name != "le");
            kinds.get_mut(family).unwrap_or_else(|| panic!("{line}")).1.extend(names.map(str::to_owned));
        }
    }
    kinds
}

/// What docs/MONITORING.md says of metrics.
fn documented() -> Kinds {
    let text = document("MONITORING.md");
    let rows = text.lines().filter(|line| {
        line.starts_with("| `flowthrough_") || line.starts_with("| `http_") || line.starts_with("| `process_")
    });
    let quoted = |cell: &str| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>();
    let mut kinds = Kinds::new();
    for row in rows {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let labels: BTreeSet<_> = quoted(cells[3]).into_iter().collect();
        kinds.extend(quoted(cells[1]).into_iter().map(|name| (name, (cells[2].to_owned(), labels.clone()))));
    }
    kinds
}

/// The value of the one series whose line begins so.
fn value(scrape: &str, series: &str) -> f64 {
    let lines: Vec<_> = scrape.lines().filter_map(|line| line.strip_prefix(series)).collect();
    assert_eq!(lines.len(), 1, "{series} in\n{scrape}");
    lines[0].trim().parse().unwrap()
}

#[test]
fn how_long_somebody_waited_for_the_account_is_counted_once() {
    for_each_database(async |world: World| {
        let scrape = scrape_of(&world);
        let user = world.arrive(&world.trusted().await, "ann@sp.com", Some("ann@acme.example")).await;
        world.work().await;
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        world.work().await;
        assert_eq!(world.status(user.id).await, "provisioned");
        assert_eq!(value(&scrape.text().await, "flowthrough_provisioning_duration_seconds_count "), 1.0);
    });
}

#[test]
fn the_document_lists_every_metric_and_nobody_is_in_them() {
    for_each_database(async |world: World| {
        let (site, scrape) = (world.site().await, scrape_of(&world));
        let (template, trusted) = (world.template(|_| ()).await, world.trusted().await);
        let ann = world.arrive(&template, "annabel@sp.com", None).await;
        world.arrive(&trusted, "bob@sp.com", Some("bob@acme.example")).await;
        let text = scrape.text().await;
        assert_eq!(value(&text, "flowthrough_queue_depth{service=\"directory\"} "), 1.0);
        world.clock.advance(90_000);
        assert_eq!(value(&scrape.text().await, "flowthrough_queue_overdue_seconds "), 90.0);
        world.work().await;
        let enter = server::provisioning::activation::enter_address;
        for _ in 0..9 {
            _ = enter(&world.store, &world.environment, &ann, "annabel@acme.example", "en").await;
            world.clock.advance(60_000);
        }
        world.work().await;
        site.get(&format!("/activate/{}", template.share_token), "").await;
        site.get("/nowhere/annabel@acme.example", "").await;
        let bounces = ReturnAddress::parse("bounces@acme.example").unwrap();
        let paths = ReturnPaths::new(bounces, world.code_keys.clone()).unwrap();
        let bounces = Bounces::new(world.store.clone(), world.environment.clone(), paths);
        assert_eq!(bounces.request("annabel@acme.example"), None);
        site.get("/v1/broadworks/subscribers/annabel%40sp.com", "").await;
        let text = scrape.text().await;
        assert_eq!(value(&text, "flowthrough_users{status=\"provisioned\"} "), 1.0);
        assert_eq!(value(&text, "flowthrough_history_steps_total{event=\"arrived\"} "), 2.0);
        assert_eq!(value(&text, "flowthrough_history_steps_total{event=\"account_created\"} "), 1.0);
        assert_eq!(value(&text, "flowthrough_provisioning_duration_seconds_sum "), 90.0);
        assert_eq!(
            value(&text, "flowthrough_attempts_total{service=\"directory\",outcome=\"done\",fault=\"0\"} "),
            1.0
        );
        assert_eq!(value(&text, "flowthrough_queue_overdue_seconds "), 0.0);
        assert_eq!(value(&text, "flowthrough_ready{part=\"database\"} "), 1.0);
        let unauthorized = "http_server_request_duration_seconds_count{http_request_method=\"GET\",http_route=\
                            \"/v1/broadworks/subscribers/{id}\",http_response_status_code=\"401\"} ";
        assert_eq!(value(&text, unauthorized), 1.0);

        let mut documented = documented();
        if world.store.pools().is_empty() {
            documented.remove("flowthrough_database_connections").unwrap();
        }
        assert_eq!(found(&text), documented);
        is_judged_well(&text);
        let ids = [template.id.to_string(), ann.id.to_string()];
        let others = ["annabel", "acme", "bob", "sp.com", "SP One", template.share_token.as_str()].map(str::to_owned);
        for somebody in ids.iter().chain(&others) {
            assert!(!text.contains(somebody), "{somebody} in\n{text}");
        }
    });
}

#[test]
fn what_fails_is_in_the_metrics() {
    for_each_database(async |world: World| {
        let (worker, template) = (world.worker(), world.trusted().await);
        let scrape = Scrape { breakers: worker.breakers().clone(), ..scrape_of(&world) };
        world.target.go_down(domain::Fault::TargetUnauthorized);
        world.arrive(&template, "bob@sp.com", Some("bob@acme.example")).await;
        worker.drain().await.unwrap();
        let text = scrape.text().await;
        assert_eq!(value(&text, "flowthrough_breaker_open{service=\"directory\"} "), 1.0);
        assert_eq!(value(&text, "flowthrough_breaker_open{service=\"mail\"} "), 0.0);
        let code = domain::Fault::TargetUnauthorized.code();
        let waits = format!("flowthrough_attempts_total{{service=\"directory\",outcome=\"waits\",fault=\"{code}\"}} ");
        assert_eq!(value(&text, &waits), 1.0);
        scrape.readiness.stop();
        assert_eq!(value(&scrape.text().await, "flowthrough_ready{part=\"server\"} "), 0.0);
    });
}

#[tokio::test]
async fn what_is_the_operators_is_on_a_listener_of_its_own() {
    let (client, port) = (Client::new(), free_port());
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_METRICS_LISTEN", &format!("127.0.0.1:{port}"))
        .with("FLOWTHROUGH_PRIVATE_DOCS", "true");
    let server = installation.serve(&client, free_port()).await;
    let answer = async |at: &str, path: &str| client.get(format!("{at}{path}")).send().await.unwrap();
    let own = format!("http://127.0.0.1:{port}");
    for path in ["/metrics", "/version", "/v1/docs", "/v1/openapi.json"] {
        assert_eq!(answer(&own, path).await.status(), StatusCode::OK, "{path}");
        let public = answer(&server.url, path).await.status();
        assert!([StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED].contains(&public), "{path}: {public}");
    }
    let metrics = answer(&own, "/metrics").await;
    assert!(metrics.headers()["content-type"].to_str().unwrap().starts_with("text/plain; version=0.0.4"));
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("flowthrough_ready{part=\"database\"} 1"));
    is_judged_well(&metrics);
    let version: Value = serde_json::from_str(&answer(&own, "/version").await.text().await.unwrap()).unwrap();
    let said = installation.run(&["--version"]);
    let expected = ["version", "commit", "date"].map(|field| version[field].as_str().unwrap());
    assert_eq!(said.trim(), format!("flowthrough {} ({} {})", expected[0], expected[1], expected[2]));
}

/// The metrics that a query names.
fn named(query: &str) -> BTreeSet<String> {
    let words = query.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let ours =
        words.filter(|word| ["flowthrough_", "http_server_", "process_"].iter().any(|own| word.starts_with(own)));
    ours.map(str::to_owned).collect()
}

fn is_documented(kinds: &Kinds, name: &str) -> bool {
    let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end));
    kinds.contains_key(name)
        || family.is_some_and(|family| kinds.get(family).is_some_and(|(kind, _)| kind == "histogram"))
}

#[test]
fn alerts_and_dashboard_use_what_there_is() {
    let kinds = documented();
    let dashboard: Value = serde_json::from_str(&document("monitoring/dashboard.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let shown: Vec<_> = panels.iter().flat_map(|panel| panel["targets"].as_array().unwrap()).collect();
    let shown: BTreeSet<_> = shown.iter().flat_map(|target| named(target["expr"].as_str().unwrap())).collect();
    assert!(shown.len() > 20, "{shown:?}");
    let Some(python) = python() else { return };
    let script = "import json, sys, yaml; print(json.dumps(yaml.safe_load(sys.stdin)))";
    let rules = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/monitoring/alerts.yml");
    let mut command = Command::new(python.join("python"));
    let read = command.args(["-c", script]).stdin(fs::File::open(rules).unwrap()).output().unwrap();
    let rules: Value = serde_json::from_slice(&read.stdout).unwrap_or_else(|_| panic!("{read:?}"));
    let explained = document("MONITORING.md");
    let rules = rules["groups"][0]["rules"].as_array().unwrap();
    assert!(rules.len() >= 9);
    for rule in rules {
        let (alert, query) = (rule["alert"].as_str().unwrap(), rule["expr"].as_str().unwrap());
        assert!(explained.contains(&format!("`{alert}`")), "{alert} is not explained");
        assert!(rule["for"].is_string() && rule["annotations"]["summary"].is_string(), "{alert}");
        assert!(query.starts_with("up{") || !named(query).is_empty(), "{query}");
        for name in named(query) {
            assert!(is_documented(&kinds, &name), "{alert}: there is no {name}");
        }
    }
    for name in shown {
        assert!(is_documented(&kinds, &name), "the dashboard shows {name}, which there is not");
    }
}

/// Of a server in trouble somebody is told, with which words, and nobody before it is or once it is well again.
#[test]
fn each_alert_is_given_when_it_should_be() {
    let Some(promtool) = promtool() else { return };
    let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/monitoring/alerts.test.yml");
    judge(&promtool, &["check", "rules", concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/monitoring/alerts.yml")], "");
    judge(&promtool, &["test", "rules", tests], "");
    let (tests, rules) = (fs::read_to_string(tests).unwrap(), document("monitoring/alerts.yml"));
    for alert in rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")) {
        let given = format!("alertname: {alert}\n        eval_time: 9m\n        exp_alerts:\n");
        let over = format!("{{ alertname: {alert}, eval_time: 18m }}");
        assert!(tests.contains(&given) && tests.contains(&over), "{alert}");
    }
}

/// Each panel has a name, a place of its own and queries to the Prometheus that was chosen.
const DASHBOARD: &str = r#"
    def alone: length == (unique | length);
    ([.panels[].id] | alone) and ([.panels[].title] | alone)
    and all(.panels[]; (.title | length > 0) and (.targets | length > 0) and .datasource.uid == "${datasource}")
    and ([.panels[].gridPos | range(.x; .x + .w) as $x | range(.y; .y + .h) as $y | [$x, $y]] | alone)
    and all(.panels[].gridPos; .x + .w <= 24)
    and (.templating.list | any(.name == "datasource" and .type == "datasource"))"#;
/// Its queries as a file of rules.
const QUERIES: &str = r#"{groups: [{name: "dashboard", rules: ([.panels[].targets[].expr] | to_entries
    | map({record: "panel:query_\(.key)", expr: .value}))}]}"#;

#[test]
fn the_dashboard_can_be_imported_and_prometheus_understands_its_queries() {
    let Some(promtool) = promtool() else { return };
    let dashboard = document("monitoring/dashboard.json");
    assert_eq!(judge("jq", &[DASHBOARD], &dashboard), "true\n");
    let mut rules = tempfile::NamedTempFile::with_suffix(".yml").unwrap();
    rules.write_all(judge("jq", &[QUERIES], &dashboard).as_bytes()).unwrap();
    judge(promtool, &["check", "rules", rules.path().to_str().unwrap()], "");
}

/// How long a stream may take to end.
const SOON: Duration = Duration::from_secs(20);

#[test]
fn open_pages_are_told_when_to_come_back() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let template = world.template(|_| ()).await;
        let ann = world.arrive(&template, "annabel@sp.com", None).await;
        let cookie = world.portal_cookie(&ann).await;
        let path = format!("/activate/{}/live", template.share_token);
        let stream = tokio::spawn(async move { site.get(&path, &cookie).await });
        let live = world.store.live();
        while live.listeners() == 0 {
            tokio::task::yield_now().await;
        }
        live.close();
        let reply = tokio::time::timeout(SOON, stream).await.expect("the stream ends").unwrap();
        assert!(reply.status == 200 && reply.body.contains("retry: "), "{reply:?}");
    });
}
