//! `flowthrough backup` while users arrive, and `flowthrough restore` after the worst.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Output,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::support::{Installation, free_port, on_postgres};

/// How many are accepted before the backup begins.
const BEFORE: usize = 60;
/// How many arrive at once.
const CLIENTS: usize = 4;

fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

/// Sends users, one after the other, until it is told to stop; notes whom the server has accepted.
async fn arrive(
    (url, token, provisioning_id): (String, String, String),
    client: usize,
    accepted: Arc<Mutex<Vec<String>>>,
    stop: Arc<AtomicBool>,
) {
    let http = Client::new();
    for number in 0.. {
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let user = format!("{client}-{number}@sp.example");
        let body = json!({
            "provisioningId": provisioning_id, "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "Ann",
            "lastName": "Lee", "package": "standard", "email": format!("u{client}-{number}@acme.example"),
        });
        let request = http.post(format!("{url}/v1/broadworks/subscribers")).bearer_auth(&token);
        let request = request.header("content-type", "application/json").body(body.to_string());
        if request.send().await.is_ok_and(|answer| answer.status() == StatusCode::OK) {
            accepted.lock().unwrap().push(user);
        }
    }
}

/// How often each user is in a database.
fn often(database: &Path, user: &str) -> i64 {
    let database = rusqlite::Connection::open(database).unwrap();
    database.query_row("SELECT COUNT(*) FROM subscriber WHERE user_id = ?1", [user], |row| row.get(0)).unwrap()
}

/// How all users stand, as the database has it.
fn statuses(database: &Path) -> Vec<String> {
    let database = rusqlite::Connection::open(database).unwrap();
    let mut rows = database.prepare("SELECT status FROM subscriber").unwrap();
    rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_accepted_before_a_backup_is_in_it_once_and_goes_on_after_a_restore() {
    let installation = Installation::on_sqlite();
    let (provisioning_id, token) = (installation.add_trusted_template(&[]), installation.add_token());
    let client = Client::new();
    let server = installation.serve(&client, free_port()).await;
    let (accepted, stop): (Arc<Mutex<Vec<String>>>, Arc<AtomicBool>) = Default::default();
    let address = (server.url.clone(), token.clone(), provisioning_id);
    let load: Vec<_> = (0..CLIENTS)
        .map(|client| tokio::spawn(arrive(address.clone(), client, accepted.clone(), stop.clone())))
        .collect();
    while accepted.lock().unwrap().len() < BEFORE {
        tokio::task::yield_now().await;
    }
    let before = accepted.lock().unwrap().clone();
    let backup = installation.file("unused", "");
    let backup = backup.replace("unused", "it's a backup.db");
    let told = installation.run(&["backup", &backup]);
    assert!(told.contains("looked through, whole") && told.contains(".db.key, the key of mailed codes"), "{told}");
    assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600);
    let meanwhile = accepted.lock().unwrap().len();
    // One that is there is not overwritten; where a server runs nothing is restored.
    let (code, refused) = said(&installation.try_run(&["backup", &backup]));
    assert!(code == Some(1) && refused.contains("is not overwritten"), "{refused}");
    let (code, refused) = said(&installation.try_run(&["restore", &backup]));
    assert!(code == Some(2) && refused.contains("another server is running"), "{refused}");
    while accepted.lock().unwrap().len() <= meanwhile {
        tokio::task::yield_now().await;
    }
    stop.store(true, Ordering::SeqCst);
    for client in load {
        client.await.unwrap();
    }
    server.kill();

    let database = installation.database_url().trim_start_matches("sqlite:").to_owned();
    let told = installation.run(&["restore", &backup]);
    let aside = told.lines().find_map(|line| line.strip_prefix("set aside    ")).unwrap().to_owned();
    for user in &before {
        assert_eq!(often(database.as_ref(), user), 1, "{user}");
    }
    // What was replaced is still whole, log and all.
    for user in accepted.lock().unwrap().iter() {
        assert_eq!(often(aside.as_ref(), user), 1, "{user}");
    }
    assert_eq!(fs::metadata(&database).unwrap().permissions().mode() & 0o777, 0o600);

    let server = installation.serve(&client, free_port()).await;
    while statuses(database.as_ref()).iter().any(|status| status != "provisioned") {
        tokio::task::yield_now().await;
    }
    assert!(statuses(database.as_ref()).len() >= before.len());
    drop(server);
    let report = installation.try_run(&["check", "--json"]);
    let report: serde_json::Value = serde_json::from_slice(&report.stdout).unwrap();
    let counters = report["findings"].as_array().unwrap().iter().find(|one| one["part"] == "counters").unwrap();
    assert_eq!(counters["level"], "ok", "{report}");
}

/// Whoever copies the file of a server that was stopped copies everything.
#[tokio::test(flavor = "multi_thread")]
async fn after_an_orderly_stop_the_file_alone_is_whole() {
    let installation = Installation::on_sqlite();
    let (provisioning_id, token) = (installation.add_trusted_template(&[]), installation.add_token());
    let mut server = installation.serve(&Client::new(), free_port()).await;
    let (accepted, stop): (Arc<Mutex<Vec<String>>>, Arc<AtomicBool>) = Default::default();
    let load = tokio::spawn(arrive((server.url.clone(), token, provisioning_id), 0, accepted.clone(), stop.clone()));
    while accepted.lock().unwrap().len() < BEFORE {
        tokio::task::yield_now().await;
    }
    stop.store(true, Ordering::SeqCst);
    load.await.unwrap();
    let database = installation.database_url().trim_start_matches("sqlite:").to_owned();
    let log = || fs::metadata(format!("{database}-wal")).map_or(0, |log| log.len());
    assert!(log() > 0);
    server.signal("TERM");
    server.end().await.unwrap();
    assert_eq!(log(), 0);
    let copy = installation.file("copy.db", "");
    fs::copy(&database, &copy).unwrap();
    for user in accepted.lock().unwrap().iter() {
        assert_eq!(often(copy.as_ref(), user), 1, "{user}");
    }
}

#[test]
fn what_is_no_whole_backup_is_not_restored() {
    let installation = Installation::on_sqlite();
    installation.run(&["admin", "add", "ann@sp.example"]);
    let database = installation.database_url().trim_start_matches("sqlite:").to_owned();
    let backup = format!("{database}.backup");
    installation.run(&["backup", &backup]);
    let whole = fs::read(&backup).unwrap();
    let refused = |content: &[u8], why: &str| {
        let file = format!("{database}.bad");
        fs::write(&file, content).unwrap();
        let (code, told) = said(&installation.try_run(&["restore", &file]));
        assert!(code == Some(1) && told.contains(why), "{told}");
        assert_eq!(installation.run(&["admin", "list"]).lines().count(), 1, "what was there is untouched");
    };
    refused(b"no database at all", "not a database");
    refused(b"", "no database of Flowthrough");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 4096].fill(0x5a);
    refused(&damaged, "");
    refused(&whole[..whole.len() / 2], "");

    let change = |sql: &str| {
        let file = format!("{database}.changed");
        fs::write(&file, &whole).unwrap();
        rusqlite::Connection::open(&file).unwrap().execute_batch(sql).unwrap();
        fs::read(&file).unwrap()
    };
    refused(
        &change("INSERT INTO subscriber_count VALUES (x'00', x'00', 'provisioned', 1)"),
        "the numbers that it keeps",
    );
    refused(&change("INSERT INTO seaql_migrations VALUES ('m9999_later', 0)"), "of a newer version (m9999_later)");
    fs::write(format!("{database}.bad-wal"), "changes").unwrap();
    refused(&whole, "changes that belong to it stand in");
    fs::remove_file(format!("{database}.bad-wal")).unwrap();

    // Into a place where nothing is yet.
    let elsewhere = Installation::on_sqlite();
    elsewhere.run(&["restore", &backup]);
    assert_eq!(elsewhere.run(&["admin", "list"]), installation.run(&["admin", "list"]));
    assert_eq!(said(&Installation::on_sqlite().try_run(&["backup", "x.db"])).0, Some(2), "there is none to be kept");
}

#[test]
fn postgresqls_own_tools_are_named() {
    on_postgres(async |url| {
        for command in [["backup", "x.dump"], ["restore", "x.dump"]] {
            let (code, told) = said(&Installation::on(url).try_run(&command));
            assert!(code == Some(1) && told.contains("pg_dump") && told.contains("pg_restore"), "{told}");
        }
    });
}
