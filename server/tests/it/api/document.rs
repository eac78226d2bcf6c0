//! `/v1/openapi.json` and `/v1/docs`

use std::{env, fs, path::Path};

use axum::{body::Body, http::Method};
use serde_json::Value;

use crate::support::{World, for_each_database};

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
/// Set it to write the committed copy anew.
const UPDATE: &str = "FLOWTHROUGH_UPDATE_OPENAPI";

#[test]
fn the_committed_copy_is_what_is_served() {
    for_each_database(async |world: World| {
        let served = world.client().await.without_authorization().get("/v1/openapi.json").await;
        assert_eq!(served.status, 200);
        if env::var(UPDATE).is_ok() {
            fs::write(COMMITTED, serde_json::to_string_pretty(&served.body).unwrap() + "\n").unwrap();
        }
        let committed = fs::read_to_string(Path::new(COMMITTED)).unwrap();
        let committed: Value = serde_json::from_str(&committed).unwrap();
        assert!(committed == served.body, "docs/openapi.json is out of date: run the tests with {UPDATE}=1 once");
    });
}

/// Every operation of the document, with something in place of its parameters.
async fn operations(world: &World) -> Vec<(Method, String, Value)> {
    let document = world.client().await.get("/v1/openapi.json").await.body;
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
            let path = path.collect::<Vec<_>>().join("/");
            operations.push((method.to_uppercase().parse().unwrap(), path, operation.clone()));
        }
    }
    operations
}

#[test]
fn every_operation_is_there_and_asks_for_a_token() {
    for_each_database(async |world: World| {
        let operations = operations(&world).await;
        assert!(operations.len() >= 26);
        let nobody = world.client().await.without_authorization();
        for (method, path, operation) in operations {
            let answer = nobody.call(method.clone(), &path, Some("application/json"), Body::from("{}")).await;
            assert_eq!(answer.status, 401, "{method} {path}");
            assert!(operation["responses"].get("default").is_some(), "{method} {path}");
            let summary = operation["summary"].as_str().unwrap_or_default();
            assert!(summary.ends_with('.') || !summary.is_empty(), "{method} {path}");
        }
    });
}

#[test]
fn all_that_is_referred_to_is_there() {
    for_each_database(async |world: World| {
        let document = world.client().await.get("/v1/openapi.json").await.body;
        let text = document.to_string();
        let mut references = 0;
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
            references += 1;
        }
        assert!(references > 20);
    });
}

#[test]
fn the_page_loads_nothing_and_tells_everything() {
    for_each_database(async |world: World| {
        let (headers, page) = world.client().await.without_authorization().page("/v1/docs").await;
        assert_eq!(headers["content-type"], "text/html; charset=utf-8");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
        for loading in ["<script", "<link", "<img", "url(", "@import", " src="] {
            assert!(!page.contains(loading), "{loading}");
        }
        for (method, path, _) in operations(&world).await {
            let known = page.contains(&format!("<code>{method} {path}</code>")) || path.contains("/x");
            assert!(known, "{method} {path}");
        }
        for target in page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
        }
    });
}
