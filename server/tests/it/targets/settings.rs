//! From the settings to the targets, in the real server.

use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::json;

use crate::support::{Api, Installation, ScimService, free_port};

const ADD: [&str; 5] = ["template", "add", "Users", "--xsi-url", "https://xsp.example"];

/// The exit code and what was said on standard error.
fn add(installation: &Installation, more: &[&str]) -> (Option<i32>, String) {
    let output = installation.try_run(&[&ADD[..], more].concat());
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_template_has_a_target_that_is_set_up() {
    let bare = Installation::on_sqlite();
    for (more, said) in [
        (&["--target", "scim"][..], "FLOWTHROUGH_SCIM_URL"),
        (&["--target", "webex", "--target-reference", "x"], "FLOWTHROUGH_WEBEX_TOKEN"),
        (&["--target", "ldap"], "directory, scim or webex"),
    ] {
        let (code, told) = add(&bare, more);
        assert!(code == Some(2) && told.contains("--target") && told.contains(said), "{code:?} {told}");
    }
    assert_eq!(add(&bare, &[]).0, Some(0));

    let equipped = Installation::on_sqlite()
        .with("FLOWTHROUGH_SCIM_URL", "https://id.example/v2")
        .with("FLOWTHROUGH_SCIM_TOKEN", "secret")
        .with("FLOWTHROUGH_WEBEX_URL", "https://webexapis.com/v1")
        .with("FLOWTHROUGH_WEBEX_TOKEN", "secret");
    assert_eq!(add(&equipped, &["--target", "scim"]).0, Some(0));
    let (code, told) = add(&equipped, &["--target", "webex"]);
    assert!(code == Some(2) && told.contains("--target-reference"), "{told}");
    assert_eq!(add(&equipped, &["--target", "webex", "--target-reference", "x"]).0, Some(0));
}

/// Sends a subscriber and waits until it is provisioned.
async fn provision(api: &Api, provisioning_id: &str) {
    let ann = json!({
        "provisioningId": provisioning_id, "userId": "1@sp.com", "spEnterpriseId": "SP1+acme", "firstName": "Ann",
        "lastName": "Lee", "package": "standard", "email": "ann@acme.example",
    });
    api.add(&ann).await;
    let began = Instant::now();
    while api.subscribers().await[0]["status"] != "provisioned" {
        assert!(began.elapsed() < Duration::from_secs(60), "{:?}", api.subscribers().await);
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_server_creates_accounts_at_a_scim_service() {
    let Some(service) = ScimService::find() else { return };
    let (url, token) = service.settings();
    let here = Installation::on_sqlite().with("FLOWTHROUGH_SCIM_URL", url).with("FLOWTHROUGH_SCIM_TOKEN", token);
    let provisioning_id = here.add_trusted_template(&["--target", "scim"]);
    let server = here.serve(&Client::new(), free_port()).await;
    provision(&Api::new(&server.url, here.add_token()), &provisioning_id).await;
    assert_eq!(service.names().await, ["ann@acme.example"]);
}

#[tokio::test]
async fn a_server_creates_accounts_at_another_server() {
    let (there, client) = (Installation::on_sqlite(), Client::new());
    let reference = there.add_trusted_template(&[]);
    let server_there = there.serve(&client, free_port()).await;
    let api_there = Api::new(&server_there.url, there.add_token());
    let (url, token) = api_there.settings();
    let here = Installation::on_sqlite().with("FLOWTHROUGH_WEBEX_URL", url).with("FLOWTHROUGH_WEBEX_TOKEN", token);
    let provisioning_id = here.add_trusted_template(&["--target", "webex", "--target-reference", &reference]);
    let server_here = here.serve(&client, free_port()).await;

    let api_here = Api::new(&server_here.url, here.add_token());
    provision(&api_here, &provisioning_id).await;
    let (one_here, one_there) = (api_here.subscribers().await, api_there.subscribers().await);
    assert_eq!((&one_there[0]["userId"], &one_there[0]["status"]), (&json!("1@sp.com"), &json!("provisioned")));
    assert_eq!(one_here[0]["personId"], one_there[0]["personId"], "one person, known by one id");
}
