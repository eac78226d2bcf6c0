//! The version before on the schema of this one: replicas are replaced one after the other, and a version that turns out badly
//! is taken back.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::json;
use server::store::counter;

use crate::support::{Api, Installation, for_each_empty_database, free_port};

/// How long an account may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often to look whether it is there.
const LOOK: Duration = Duration::from_millis(50);
const SUBSCRIBERS: &str = "broadworks/subscribers";

/// A user arrives with an address that counts. Returns the id.
async fn arrive(api: &Api, provisioning_id: &str, user_id: &str, package: &str) -> String {
    let body = json!({
        "provisioningId": provisioning_id, "userId": user_id, "spEnterpriseId": "SP1+acme", "firstName": "Ann",
        "lastName": "Lee", "package": package, "extension": "1", "email": format!("{user_id}.example"),
    });
    api.ask(Method::POST, SUBSCRIBERS, Some(&body)).await["id"].as_str().unwrap().to_owned()
}

/// Returns when a user is provisioned with this package.
async fn provisioned(api: &Api, id: &str, package: &str) {
    let began = Instant::now();
    loop {
        let shown = api.ask(Method::GET, &format!("{SUBSCRIBERS}/{id}"), None).await;
        if shown["status"] == "provisioned" && shown["package"] == package {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{shown}");
        tokio::time::sleep(LOOK).await;
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
            let api = Api::new(&server.url, token.clone());
            for id in &users {
                provisioned(&api, id, before).await;
                let changes = json!({ "package": package });
                api.ask(Method::PUT, &format!("{SUBSCRIBERS}/{id}"), Some(&changes)).await;
            }
            users.push(arrive(&api, &provisioning_id, &format!("{package}@sp"), package).await);
            for id in &users {
                provisioned(&api, id, package).await;
            }
            before = package;
            server.kill();
            // What the new schema keeps by itself is right, whichever version writes.
            let store = installation.store().await;
            assert_eq!(counter::miscounts(store.read()).await.unwrap(), [], "{package}");
        }
    });
}
