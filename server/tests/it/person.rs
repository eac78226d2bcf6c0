//! `flowthrough user show`, `export` and `erase`.

use std::time::{Duration, Instant};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::support::{Api, Installation, free_port};

const PERSON: &str = "Ann.Lee@sp.example";

fn database(installation: &Installation) -> rusqlite::Connection {
    rusqlite::Connection::open(installation.database_url().trim_start_matches("sqlite:")).unwrap()
}

/// Every text in the database that names her, with its table.
fn traces(installation: &Installation) -> Vec<String> {
    let database = database(installation);
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut tables = database.prepare(tables).unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut found = Vec::new();
    for table in tables {
        let mut rows = database.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for column in 0..columns {
                let Ok(text) = row.get::<_, String>(column) else { continue };
                let lower = text.to_lowercase();
                if ["ann.lee", "liddell", "35391884653"].iter().any(|trace| lower.contains(trace)) {
                    found.push(format!("{table}: {text}"));
                }
            }
        }
    }
    found
}

/// What a sync of the customer's directory would have written of her.
fn read_from_broadworks(installation: &Installation) {
    let database = database(installation);
    let columns = "customer_id, user_id_key, user_id, first_name, last_name, run";
    let values = "id, 'ann.lee@sp.example', 'ann.lee@sp.example', 'Ann', 'Liddell', 1";
    let read = format!("INSERT INTO external_user ({columns}) SELECT {values} FROM customer");
    assert_eq!(database.execute(&read, []).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_person_is_shown_and_erased() {
    let installation = Installation::on_sqlite();
    let provisioning_id = installation.add_trusted_template(&[]);
    let token = installation.add_token();
    let client = Client::new();
    let server = installation.serve(&client, free_port()).await;
    let api = Api::new(&server.url, token);
    let hook = json!({ "url": "https://hooks.acme.example/", "events": ["subscriber.provisioned"] });
    api.ask(Method::POST, "webhooks", Some(&hook)).await;
    for (user, last_name, phone) in [(PERSON, "Liddell", "+35391884653"), ("bob@sp.example", "Stone", "+35391884777")] {
        let email = format!("{}@acme.example", user.split('@').next().unwrap());
        let body = json!({
            "provisioningId": provisioning_id, "userId": user, "spEnterpriseId": "SP1+acme", "firstName": "A",
            "lastName": last_name, "package": "standard", "email": email, "primaryPhoneNumber": phone,
        });
        api.add(&body).await;
    }
    let began = Instant::now();
    while api.subscribers().await.iter().any(|user| user["status"] != "provisioned") {
        assert!(began.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    // A job keeps of whom each row was, also when she is gone.
    let rows = json!({ "action": "changePackage", "rows": [{ "userId": PERSON, "package": "standard" }] });
    let job = api.ask(Method::POST, "broadworks/subscribers/bulk", Some(&rows)).await;
    let job = format!("broadworks/subscribers/bulk/{}", job["id"].as_str().unwrap());
    while api.ask(Method::GET, &job, None).await["status"] != "finished" {
        assert!(began.elapsed() < Duration::from_secs(60));
        tokio::task::yield_now().await;
    }
    let shown = installation.run(&["user", "show", "ANN.lee@SP.example"]);
    assert!(shown.contains("status       provisioned since 2") && shown.contains("  arrived  by api:"), "{shown}");
    read_from_broadworks(&installation);
    let tables = ["subscriber", "usage", "directory_account", "external_user", "webhook_delivery", "bulk_row"];
    for table in tables {
        let kept = traces(&installation);
        assert!(kept.iter().any(|trace| trace.starts_with(&format!("{table}: "))), "{table} in {kept:?}");
    }

    let exported: Value = serde_json::from_str(&installation.run(&["user", "export", PERSON])).unwrap();
    assert_eq!(exported["user"]["lastName"], "Liddell");
    assert_eq!(exported["user"]["primaryPhone"], "+35391884653");
    let email = exported["directoryAccounts"][0]["email"].as_str().unwrap();
    assert_eq!(email.to_lowercase(), "ann.lee@acme.example");
    assert_eq!(exported["billed"].as_array().unwrap().len(), 1);
    assert!(exported["history"].as_array().unwrap().len() > 1);
    assert!(!exported.to_string().contains("Stone"));

    // Without a word of consent nothing is done.
    assert_eq!(installation.try_run(&["user", "erase", PERSON]).status.code(), Some(1));
    assert_eq!(api.subscribers().await.len(), 2);
    for _ in 0..2 {
        installation.run(&["user", "erase", PERSON, "--yes"]);
        assert_eq!(traces(&installation), Vec::<String>::new());
    }
    let left: Value = serde_json::from_str(&installation.run(&["user", "export", PERSON])).unwrap();
    assert!(left["user"].is_null() && left["history"] == json!([]) && left["billed"] == json!([]), "{left}");
    let bob: Value = serde_json::from_str(&installation.run(&["user", "export", "bob@sp.example"])).unwrap();
    assert!(bob["history"].as_array().unwrap().len() > 1 && bob["user"]["lastName"] == "Stone", "{bob}");
    assert_eq!(installation.try_run(&["user", "show", PERSON]).status.code(), Some(1));
}

#[test]
fn whoever_was_deleted_long_ago_is_erased_too_and_another_partners_user_is_not() {
    let installation = Installation::on_sqlite();
    for partner in ["Northwind", "Southwind"] {
        let id =
            installation.run(&["template", "add", "Users", "--xsi-url", "https://xsp.example", "--partner", partner]);
        let id = id.lines().next().unwrap().split_whitespace().last().unwrap().to_owned();
        let users = "BroadWorks ID,First Name,Last Name,Enterprise ID\r\nann.lee@sp.example,Ann,Liddell,SP1+acme\r\n";
        let file = installation.file("users.csv", users);
        installation.run(&["import", &file, "--partner", partner, "--provisioning-id", &id]);
    }
    assert_eq!(installation.try_run(&["user", "erase", PERSON, "--yes"]).status.code(), Some(2), "whose?");
    installation.run(&["user", "erase", PERSON, "--yes", "--partner", "Northwind"]);
    let theirs = installation.run(&["user", "export", PERSON, "--partner", "Southwind"]);
    assert!(theirs.contains("Liddell"), "{theirs}");
    assert!(!installation.run(&["user", "export", PERSON, "--partner", "Northwind"]).contains("Liddell"));
    assert!(traces(&installation).iter().all(|trace| trace.starts_with("subscriber: ")), "{:?}", traces(&installation));
}
