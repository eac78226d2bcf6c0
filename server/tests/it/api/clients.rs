//! Clients that others wrote, against the real server: a library of the vendor's API, and a tester that makes up calls
//! from our own description.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, Command, Stdio},
};

use domain::{limit::Limit, timestamp::MINUTE};
use reqwest::{Client, Method};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};
use server::{access::throttle, environment::Environment, live::Live, store::Store};

use tempfile::NamedTempFile;

use crate::entity::api_token;
use crate::support::{Api, BroadWorks, Installation, Server, free_port, python};

/// How many calls a token may make a minute: more than are made.
const CALLS: i64 = 1_000_000;
/// How long the client finds its calls used up, in milliseconds.
const USED_UP: i64 = 2_000;

/// A server with a template whose addresses are trusted, and a token.
struct Served {
    installation: Installation,
    server: Server,
    token: String,
    api: Api,
    provisioning_id: String,
}

impl Served {
    async fn start() -> Self {
        let broadworks = BroadWorks::start().await;
        let (url, user, password) = broadworks.settings();
        let installation = Installation::on_sqlite()
            .with("FLOWTHROUGH_API_CALLS", &CALLS.to_string())
            .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
            .with("FLOWTHROUGH_BROADWORKS_URL", url)
            .with("FLOWTHROUGH_BROADWORKS_USER", user)
            .with("FLOWTHROUGH_BROADWORKS_PASSWORD", password);
        let provisioning_id = installation.add_trusted_template(&[]);
        let token = installation.add_token();
        let server = installation.serve(&Client::new(), free_port()).await;
        let api = Api::new(&server.url, token.clone());
        Self { installation, server, token, api, provisioning_id }
    }

    /// As if another replica had admitted all of the token's calls.
    async fn use_calls_up(&self) {
        let store = Store::connect(self.installation.database_url(), Live::default()).await.unwrap();
        let token = api_token::Entity::find().one(store.read()).await.unwrap().unwrap();
        let began = Environment::real().now().plus(USED_UP - MINUTE);
        let limit = Limit { max: CALLS, ..domain::limit::API_CALLS };
        throttle::add(&store, began, limit, &token.id.to_string(), CALLS).await.unwrap();
    }
}

impl Served {
    /// Which things there are, for calls that name one: made-up names would find nothing. Deletions keep to made-up ones.
    async fn settings(&self) -> NamedTempFile {
        let subscriber = self.add("broadworks/subscribers", self.subscriber(1)).await;
        let bulk = json!({ "action": "create", "rows": [self.subscriber(2)] });
        let job = self.add("broadworks/subscribers/bulk", bulk).await;
        let webhook = json!({ "url": "https://hooks.example.com/", "events": ["subscriber.error"] });
        let webhook = self.add("webhooks", webhook).await;
        let room = json!({
            "provisioningId": self.provisioning_id, "userId": "room@sp.com", "spEnterpriseId": "SP1+acme",
            "displayName": "Conference Room",
        });
        let room = self.add("broadworks/workspaces", room).await;
        let month = json!({ "billingPeriod": "2020-01" });
        let report = self.add("broadworks/billing/reports", month).await;
        let enterprises = self.api.ask(Method::GET, "broadworks/enterprises", None).await;
        let enterprise = enterprises["items"][0]["id"].as_str().unwrap();
        let mut file = NamedTempFile::with_suffix(".toml").unwrap();
        for (paths, parameter, id) in [
            ("/subscribers/\\{id\\}", "id", &*subscriber),
            ("/enterprises/", "id", enterprise),
            ("/bulk/", "job", &job),
            ("/webhooks/", "webhook", &webhook),
            ("/workspaces/", "id", &room),
            ("/reports/", "id", &report),
        ] {
            writeln!(file, "[[operations]]\ninclude-path-regex = '{paths}'\nexclude-method = 'DELETE'").unwrap();
            writeln!(file, "parameters = {{ {parameter} = '{id}' }}").unwrap();
        }
        file
    }

    fn subscriber(&self, number: u32) -> Value {
        json!({
            "provisioningId": self.provisioning_id,
            "userId": format!("{number}@sp.com"),
            "spEnterpriseId": "SP1+acme",
            "firstName": "Ann",
            "lastName": "Lee",
            "email": format!("{number}@acme.com"),
            "package": "standard",
            "extension": "51212",
        })
    }

    /// Adds something and answers its id.
    async fn add(&self, path: &str, body: Value) -> String {
        self.api.ask(Method::POST, path, Some(&body)).await["id"].as_str().unwrap().to_owned()
    }
}

/// One of Python's programs, if they are here.
fn program(name: &str) -> Option<Command> {
    let mut command = Command::new(python()?.join(name));
    command.env("NO_COLOR", "1").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Some(command)
}

/// What it said until its good end.
fn ends_well(running: Child) -> String {
    let output = running.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_of_the_vendors_api_works_unchanged() {
    let Some(mut command) = program("python") else { return };
    let served = Served::start().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/rest_session.py");
    let mut script =
        command.args([script, &served.server.url, &served.token, &served.provisioning_id]).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(script.stdout.as_mut().unwrap()).read_line(&mut said).unwrap();
    assert_eq!(said, "ready\n");
    served.use_calls_up().await;
    script.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    ends_well(script);
}

/// All of its checks but those that are wrong about us: an API that takes the vendor's calls is more lenient than its
/// description, and a repeated Idempotency-Key answers with what may be gone.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method,ignored_auth,\
                      use_after_free,missing_required_header,allow_header_conformance";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_made_up_from_our_description_is_answered_as_it_says() {
    let Some(mut command) = program("schemathesis") else { return };
    let served = Served::start().await;
    let settings = served.settings().await;
    let document = format!("{}/v1/openapi.json", served.server.url);
    let authorization = format!("Authorization: Bearer {}", served.token);
    command.args(["--config-file", settings.path().to_str().unwrap(), "run", &document, "--header", &authorization]);
    let examples = std::env::var("FLOWTHROUGH_EXAMPLES").unwrap_or_else(|_| "6".to_owned());
    command.args(["--max-examples", &examples, "--seed", "4", "--warnings", "off", "--checks", CHECKS]);
    ends_well(command.spawn().unwrap());
}

/// What holds of calls that follow from one another, as the description says: what was made is there, what was removed is not.
const OF_SEQUENCES: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                            response_headers_conformance,response_schema_conformance,use_after_free,\
                            ensure_resource_availability";

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_follow_from_one_another_hang_together() {
    let Some(mut command) = program("schemathesis") else { return };
    let served = Served::start().await;
    let document = format!("{}/v1/openapi.json", served.server.url);
    let authorization = format!("Authorization: Bearer {}", served.token);
    command.env("PYTHONPATH", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients"));
    command.env("SCHEMATHESIS_HOOKS", "sequences").env("PROVISIONING_ID", &served.provisioning_id);
    command.args(["run", &document, "--header", &authorization, "--phases", "stateful"]);
    let examples = std::env::var("FLOWTHROUGH_SEQUENCES").unwrap_or_else(|_| "30".to_owned());
    command.args(["--max-examples", &examples, "--seed", "4", "--warnings", "off", "--checks", OF_SEQUENCES]);
    let said = ends_well(command.spawn().unwrap());
    let followed = said.split("API Links:").nth(1).and_then(|rest| rest.split_whitespace().next()?.parse::<u32>().ok());
    assert!(followed.is_some_and(|followed| followed >= 5), "too little followed: {said}");
}
