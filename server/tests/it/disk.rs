//! SQLite on a disk that takes nothing more for a while: the real server, and a real limit of the operating system.

use std::process::Command;

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::support::{Installation, Server, free_port};

struct Api<'a> {
    client: &'a Client,
    server: &'a Server,
    token: &'a str,
    provisioning_id: &'a str,
}

impl Api<'_> {
    /// The status, and the id of whoever was accepted.
    async fn add(&self, user: &str) -> (StatusCode, Option<String>) {
        let body = json!({
            "provisioningId": self.provisioning_id, "userId": format!("{user}@sp.example"), "spEnterpriseId": "SP1+acme",
            "firstName": "Ann", "lastName": "Lee", "package": "standard", "email": format!("{user}@acme.example"),
        });
        let request =
            self.client.post(format!("{}/v1/broadworks/subscribers", self.server.url)).bearer_auth(self.token);
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        let status = answer.status();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            assert!(answer.headers().contains_key("retry-after"));
        }
        let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        (status, body["id"].as_str().map(str::to_owned))
    }

    async fn get(&self, path: &str) -> StatusCode {
        let request = self.client.get(format!("{}{path}", self.server.url)).bearer_auth(self.token);
        request.send().await.unwrap().status()
    }
}

/// How large the server's files may get from now on.
fn limit(server: &Server, size: &str) {
    let pid = server.pid().to_string();
    let set = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={size}:")]).status().unwrap();
    assert!(set.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_accepted_before_during_and_after_a_full_disk_is_there_after_a_restart() {
    let installation = Installation::on_sqlite();
    let (provisioning_id, token) = (installation.add_trusted_template(&[]), installation.add_token());
    let client = Client::new();
    let port = free_port();
    let mut server = installation.serve(&client, port).await;
    let mut accepted = Vec::new();
    for round in 0..3 {
        let api = Api { client: &client, server: &server, token: &token, provisioning_id: &provisioning_id };
        let (status, id) = api.add(&format!("before{round}")).await;
        assert_eq!(status, StatusCode::OK);
        accepted.extend(id);
        limit(&server, "4096");
        for number in 0..3 {
            let (status, id) = api.add(&format!("full{round}n{number}")).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            accepted.extend(id);
        }
        assert_eq!(api.get("/readyz").await, StatusCode::SERVICE_UNAVAILABLE, "it cannot write, and says so");
        assert_eq!(api.get("/v1/broadworks/subscribers").await, StatusCode::OK, "reading goes on");
        limit(&server, "unlimited");
        for number in 0..3 {
            let (status, id) = api.add(&format!("free{round}n{number}")).await;
            assert_eq!(status, StatusCode::OK);
            accepted.extend(id);
        }
        server.ready(&client).await;
    }
    assert_eq!(accepted.len(), 12);
    server.signal("TERM");
    server.end().await.expect("it stops");
    let server = installation.serve(&client, port).await;
    let api = Api { client: &client, server: &server, token: &token, provisioning_id: &provisioning_id };
    for id in accepted {
        assert_eq!(api.get(&format!("/v1/broadworks/subscribers/{id}")).await, StatusCode::OK);
    }
}
