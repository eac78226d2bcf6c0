//! The version before on the schema of this one: replicas are replaced one after the other, and a version that turns out badly
//! is taken back.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use server::store::counter;

use crate::support::{Installation, Server, for_each_empty_database, free_port};

/// How long an account may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look whether it is there.
const LOOK: Duration = Duration::from_millis(50);

/// A client of the API.
struct Api<'a> {
    client: &'a Client,
    server: &'a Server,
    token: &'a str,
    provisioning_id: &'a str,
}

impl Api<'_> {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let url = format!("{}/v1/broadworks/subscribers{path}", self.server.url);
        let request = self.client.request(method.clone(), url).bearer_auth(self.token);
        let request = request.header("content-type", "application/json");
        let answer =
            body.into_iter().fold(request, |request, body| request.body(body.to_string())).send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    /// A user arrives with an address that counts. Returns the id.
    async fn arrive(&self, user_id: &str, package: &str) -> String {
        let body = json!({
            "provisioningId": self.provisioning_id, "userId": user_id, "spEnterpriseId": "SP1+acme", "firstName": "Ann",
            "lastName": "Lee", "package": package, "extension": "1", "email": format!("{user_id}.example"),
        });
        self.call(Method::POST, "", Some(body)).await["id"].as_str().unwrap().to_owned()
    }

    /// Returns when a user is provisioned with this package.
    async fn provisioned(&self, id: &str, package: &str) {
        let began = Instant::now();
        loop {
            let shown = self.call(Method::GET, &format!("/{id}"), None).await;
            if shown["status"] == "provisioned" && shown["package"] == package {
                return;
            }
            assert!(began.elapsed() < PATIENCE, "{shown}");
            tokio::time::sleep(LOOK).await;
        }
    }
}

#[test]
#[ignore = "needs the version before: make previous"]
fn it_serves_what_this_version_has_written_and_the_other_way_round() {
    let previous = std::env::var("FLOWTHROUGH_TEST_PREVIOUS").expect("make previous says where it is");
    for_each_empty_database(async |url: &str| {
        let client = Client::new();
        let mut installation = Installation::on(url);
        // The first command of this version migrates.
        let provisioning_id = installation.add_trusted_template(&[]);
        let token = installation.add_token();
        let mut users: Vec<String> = Vec::new();
        let mut before = "";
        for (binary, package) in [(None, "basic"), (Some(previous.as_str()), "standard"), (None, "premium")] {
            installation.run_by(binary);
            let server = installation.serve(&client, free_port()).await;
            let api = Api { client: &client, server: &server, token: &token, provisioning_id: &provisioning_id };
            for id in &users {
                api.provisioned(id, before).await;
                api.call(Method::PUT, &format!("/{id}"), Some(json!({ "package": package }))).await;
            }
            users.push(api.arrive(&format!("{package}@sp"), package).await);
            for id in &users {
                api.provisioned(id, package).await;
            }
            before = package;
            server.kill();
            // What the new schema keeps by itself is right, whichever version writes.
            let store = installation.store().await;
            assert_eq!(counter::miscounts(store.read()).await.unwrap(), [], "{package}");
        }
    });
}
