//! A server that reads its settings again while it serves (`systemctl reload`, SIGHUP).

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::support::{Installation, MailServer, ScimService, Server, free_port};

/// One whose settings stand in a file.
fn installation(settings: &str) -> Installation {
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_LOG", "").logged();
    write(&installation, settings);
    installation
}

fn write(installation: &Installation, settings: &str) {
    installation.file("flowthrough.toml", settings);
}

/// Adds a subscriber with an address.
async fn arrive(server: &Server, (token, provisioning_id): (&str, &str), user: &str, email: &str) {
    let body = json!({
        "provisioningId": provisioning_id, "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "A",
        "lastName": "B", "package": "standard", "email": email,
    });
    let call = Client::new().post(format!("{}/v1/broadworks/subscribers", server.url)).bearer_auth(token);
    let answer = call.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
}

/// Returns when the file is there, and what is in it.
async fn read(file: &std::path::Path) -> String {
    loop {
        match std::fs::read_to_string(file) {
            Ok(text) => return text,
            Err(_) => tokio::task::yield_now().await,
        }
    }
}

#[tokio::test]
async fn the_level_of_the_log_changes_while_a_server_serves() {
    let installation = installation("log = \"warn\"");
    let server = installation.serve(&Client::new(), free_port()).await;
    write(&installation, "log = \"debug\"");
    server.signal("HUP");
    installation.says("event=\"setting_taken_over\" what=\"log\"").await;
    server.ready(&Client::new()).await;
    let rest = installation.says("event=\"answered\"").await;
    write(&installation, "log = \"warn\"\nlisten = \"127.0.0.1:1\"\npublic_url = \"https://a.example\"");
    server.signal("HUP");
    installation.says("event=\"setting_needs_restart\" setting=\"FLOWTHROUGH_PUBLIC_URL\"").await;
    assert!(!rest.contains("FLOWTHROUGH_LISTEN"), "the environment says where it listens");
    server.ready(&Client::new()).await;
}

#[tokio::test]
async fn settings_that_cannot_be_used_change_nothing() {
    let installation = installation(
        "log = \"info\"\nsmtp_password = \"hunter2\"\nsmtp_user = \"u\"\nsmtp_url = \"smtp://127.0.0.1:1\"",
    );
    let mut server = installation.serve(&Client::new(), free_port()).await;
    write(&installation, "log = \"loud\"\npublic_url = \"https://b.example\"");
    server.signal("HUP");
    let said = installation.says("event=\"settings_refused\" setting=\"FLOWTHROUGH_LOG\"").await;
    assert!(said.contains("unknown level") && said.contains("Write error, warn, info or debug."), "{said}");
    write(&installation, "smtp_password = \"hunter2\nlog = \"debug\"");
    server.signal("HUP");
    let said = installation.says("event=\"settings_refused\" setting=\"flowthrough.toml\"").await;
    assert!(said.contains("line 1: "), "{said}");
    server.ready(&Client::new()).await;
    server.signal("TERM");
    server.end().await.expect("it ends as ever");
    let all = installation.says("serving").await;
    assert!(!all.contains("hunter2") && !all.contains("setting_taken_over") && !all.contains("needs_restart"), "{all}");
}

#[tokio::test]
async fn mails_leave_by_the_new_settings_if_those_work() {
    let Some(mail) = MailServer::find() else { return };
    let by = |url: &str, from: &str| format!("smtp_url = \"{url}\"\nmail_from = \"{from}\"\nehlo = \"a.example\"");
    let installation = installation(&by(&mail.url, "one@sp.example"));
    let added = installation.run(&["template", "add", "Users", "--xsi-url", "https://xsp.example"]);
    let provisioning_id = added.lines().next().unwrap().split_whitespace().last().unwrap().to_owned();
    let token = installation.add_token();
    let server = installation.serve(&Client::new(), free_port()).await;
    let sender = async |user: &str| {
        let address = mail.address(user);
        arrive(&server, (&token, &provisioning_id), user, &address).await;
        let letter = read(&mail.file(&address, 1)).await;
        letter.lines().find(|line| line.starts_with("From: ")).unwrap().to_owned()
    };
    assert!(sender("ann").await.contains("one@sp.example"));

    write(&installation, &by(&mail.url, "two@sp.example"));
    server.signal("HUP");
    installation.says("event=\"setting_taken_over\" what=\"mail\"").await;
    assert!(sender("bob").await.contains("two@sp.example"));

    write(&installation, &by(&format!("smtp://127.0.0.1:{}", free_port()), "three@sp.example"));
    server.signal("HUP");
    let said = installation.says("event=\"setting_refused\" what=\"mail\"").await;
    assert!(said.trim_start().starts_with("code=42"), "{said}");
    assert!(sender("eve").await.contains("two@sp.example"));
}

#[tokio::test]
async fn a_target_is_opened_by_the_new_token_if_it_fits() {
    let Some(scim) = ScimService::find() else { return };
    let (url, right) = scim.settings();
    let with = |token: &str| format!("[scim]\nurl = \"{url}\"\ntoken = \"{token}\"");
    let installation = installation(&with("old-and-wrong"));
    let provisioning_id = installation.add_trusted_template(&["--target", "scim"]);
    let token = installation.add_token();
    let server = installation.serve(&Client::new(), free_port()).await;
    write(&installation, &with("new-and-wrong"));
    server.signal("HUP");
    let said = installation.says("event=\"setting_refused\" what=\"scim\"").await;
    assert!(said.trim_start().starts_with("code=41") && !said.contains("and-wrong"), "{said}");
    write(&installation, &with(right));
    server.signal("HUP");
    installation.says("event=\"setting_taken_over\" what=\"scim\"").await;
    arrive(&server, (&token, &provisioning_id), "ann@sp.example", "ann@acme.example").await;
    while scim.names().await != ["ann@acme.example"] {
        tokio::task::yield_now().await;
    }
    write(&installation, &with(right).replace("/v2", "/v3"));
    server.signal("HUP");
    installation.says("event=\"setting_needs_restart\" setting=\"FLOWTHROUGH_SCIM_URL\"").await;
}
