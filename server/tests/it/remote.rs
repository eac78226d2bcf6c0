//! `--server`: what a script does with a server's users from another machine.

use std::{
    process::{Command, Output},
    time::{Duration, Instant},
};

use reqwest::Client;
use serde_json::{Value, json};

use crate::support::{Api, Installation, Server, free_port};

const DOCUMENTED: &str = include_str!("../../../docs/API.md");

/// A server with two users of whom one has the other's address, one who waits, and a token.
struct Remote {
    installation: Installation,
    server: Server,
    token: String,
}

impl Remote {
    async fn new() -> Self {
        let installation = Installation::on_sqlite();
        let trusted = installation.add_trusted_template(&[]);
        let open = installation.run(&["template", "add", "Open", "--xsi-url", "https://xsp.example"]);
        let open = open.lines().next().unwrap().split_whitespace().last().unwrap().to_owned();
        let secret = installation.add_token();
        let server = installation.serve(&Client::new(), free_port()).await;
        let api = Api::new(&server.url, secret.clone());
        for (user, template, email) in [
            ("ann@sp.example", &trusted, Some("ann@acme.example")),
            ("bob@sp.example", &trusted, Some("ann@acme.example")),
            ("eve@sp.example", &open, None),
        ] {
            let mut body = json!({
                "provisioningId": template, "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "A",
                "lastName": "B", "package": "standard", "primaryPhoneNumber": "+35391884653",
            });
            if let Some(email) = email {
                body["email"] = json!(email);
            }
            api.add(&body).await;
            settled(&api).await;
        }
        let token = installation.file("token", &format!("{secret}\n"));
        Self { installation, server, token }
    }

    /// What a command at this server says.
    fn asked(&self, arguments: &[&str]) -> (i32, String, String) {
        let place = ["--server", &self.server.url, "--token-file", &self.token];
        told(&self.installation.try_run(&[&place, arguments].concat()))
    }

    /// Whom a filter lists.
    fn listed(&self, filter: &[&str]) -> Vec<String> {
        let (code, said, wrong) = self.asked(&[&["users", "list"], filter].concat());
        assert_eq!(code, 0, "{wrong}");
        said.lines().map(|line| line.split("  ").next().unwrap().to_owned()).collect()
    }

    /// Returns when these are all: whoever is deleted is gone a moment later.
    async fn has_left(&self, users: &[&str]) {
        let began = Instant::now();
        while self.listed(&[]) != users {
            assert!(began.elapsed() < Duration::from_secs(60), "{:?}", self.listed(&[]));
            tokio::task::yield_now().await;
        }
    }
}

fn told(output: &Output) -> (i32, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

/// Returns when nobody is under way any more.
async fn settled(api: &Api) {
    let began = Instant::now();
    while api.subscribers().await.iter().any(|user| user["status"] == "provisioning") {
        assert!(began.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_are_listed_retried_and_deleted_by_the_hubs_filters() {
    let remote = Remote::new().await;
    assert_eq!(remote.listed(&[]), ["ann@sp.example", "bob@sp.example", "eve@sp.example"]);
    assert_eq!(remote.listed(&["status:error", "customer:SP1+acme"]), ["bob@sp.example"]);
    let (_, line, _) = remote.asked(&["users", "list", "status:error"]);
    assert!(line.contains("  error  ") && line.contains("  standard  SP1+acme  4"), "{line}");
    let (_, json, _) = remote.asked(&["users", "list", "--json", "needs:email_input"]);
    let eve: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(eve["userId"], "eve@sp.example");

    // A dry run changes nothing and says of whom it speaks.
    let (code, said, count) = remote.asked(&["users", "delete", "--dry-run", "status:error"]);
    assert_eq!((code, said.contains("bob@sp.example"), count.contains("1 user. Nothing")), (0, true, true), "{count}");
    assert_eq!(remote.listed(&[]).len(), 3);
    // Whoever is provisioned or waits for an address has nothing to be retried.
    let (code, said, wrong) = remote.asked(&["users", "retry", "--all"]);
    assert_eq!((code, said.as_str()), (1, "1 accepted, 0 unchanged, 2 refused\n"), "{wrong}");
    assert!(wrong.contains("eve@sp.example  4") && wrong.contains("2 of 3 refused"), "{wrong}");
    // Nobody says yes here.
    let (code, _, wrong) = remote.asked(&["users", "delete", "status:pending_email_input"]);
    assert_eq!((code, wrong.contains("nobody was deleted")), (1, true), "{wrong}");
    let (code, said, wrong) = remote.asked(&["users", "delete", "--yes", "status:pending_email_input"]);
    assert_eq!((code, said.as_str()), (0, "1 accepted, 0 unchanged, 0 refused\n"), "{wrong}");
    remote.has_left(&["ann@sp.example", "bob@sp.example"]).await;
    let (code, said, wrong) = remote.asked(&["users", "delete", "--yes", "id:nobody@sp.example"]);
    assert_eq!((code, said.as_str(), wrong.as_str()), (0, "", "Nobody fits. Nothing was changed.\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_with_its_remedy() {
    let remote = Remote::new().await;
    let url = remote.server.url.as_str();
    let stranger = remote.installation.file("stranger", "no-such-token");
    let empty = remote.installation.file("empty", "\n");
    let token = remote.token.as_str();
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let place = |server, file| vec!["--server", server, "--token-file", file];
    for (place, rest, code, said) in [
        (vec![], vec!["users", "list"], 2, "--server: missing"),
        (vec!["--server", url], vec!["users", "list"], 2, "--token-file: missing"),
        (vec!["--token-file", token], vec!["report"], 2, "--server: missing"),
        (place("http://activate.example.com", token), vec!["users", "list"], 2, "not the address of a server"),
        (place(url, "/nowhere"), vec!["users", "list"], 2, "--token-file: No such file"),
        (place(url, &empty), vec!["users", "list"], 2, "there is no token in it"),
        (place(url, token), vec!["migrate"], 2, "this command works on this machine"),
        (place(url, token), vec!["users", "retry"], 2, "Say who is meant"),
        (
            place(url, token),
            vec!["users", "list", "statsu:error"],
            1,
            "filter: There is no filter \"statsu\"; did you mean: status?",
        ),
        (place(url, &stranger), vec!["report"], 1, "(tracking id "),
        (place(&nowhere, token), vec!["report"], 1, "cannot be reached"),
    ] {
        let (found, _, wrong) = told(&remote.installation.try_run(&[place.clone(), rest.clone()].concat()));
        assert_eq!((found, wrong.contains(said)), (code, true), "{place:?} {rest:?}: {wrong}");
        assert!(!wrong.contains("no-such-token"), "{wrong}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_is_the_same_of_a_server_and_of_its_database() {
    let remote = Remote::new().await;
    let (code, of_server, wrong) = remote.asked(&["report"]);
    assert_eq!(code, 0, "{wrong}");
    let read = |report: &str| {
        let mut report: Value = serde_json::from_str(report).unwrap();
        report.as_object_mut().unwrap().remove("created").unwrap();
        report
    };
    assert_eq!(read(&of_server), read(&remote.installation.run(&["report"])));
    assert_eq!(read(&of_server)["users"], json!({ "total": 3, "provisioned": 1, "pending": 1, "error": 1 }));
    let (_, page, _) = remote.asked(&["report", "--html"]);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains(&remote.server.url), "{page}");
    assert!(remote.installation.run(&["report", "--html"]).contains("My company"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_command_of_a_script_does_what_it_says() {
    let remote = Remote::new().await;
    let folder = tempfile::tempdir().unwrap();
    let commands: Vec<_> = DOCUMENTED.lines().filter(|line| line.starts_with("flowthrough --server ")).collect();
    assert!(commands.len() >= 5);
    for command in commands {
        let line = command
            .replace("https://activate.example.com", &remote.server.url)
            .replace("--token-file token", &format!("--token-file {}", remote.token))
            .replacen("flowthrough", env!("CARGO_BIN_EXE_flowthrough"), 1);
        let output = Command::new("sh").args(["-c", &line]).current_dir(folder.path()).output().unwrap();
        let (code, _, wrong) = told(&output);
        assert_eq!(code, 0, "{command}: {wrong}");
    }
    let page = std::fs::read_to_string(folder.path().join("health.html")).unwrap();
    assert!(page.contains("Onboarding health"));
    remote.has_left(&["ann@sp.example"]).await;
}
