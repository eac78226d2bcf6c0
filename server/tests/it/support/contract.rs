//! Checks every answer that a test gets against the vendor's schemas, which `vendor.json` holds in our own words: what
//! the vendor's examples and real clients rely on is required, and nothing is added but what its newest clients read.

use std::sync::LazyLock;

use axum::http::{Method, StatusCode};
use serde_json::Value;

static SCHEMAS: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(include_str!("vendor.json")).unwrap());

/// Checks an answer, if the vendor's API has its like.
pub fn check(method: &Method, path: &str, status: StatusCode, body: &Value) {
    let Some(schema) = schema(method, path, status) else { return };
    let mut faults = Vec::new();
    object(schema, body, schema, &mut faults);
    assert!(faults.is_empty(), "{method} {path} answered {status} and broke the vendor's schema: {faults:?}");
}

fn schema(method: &Method, path: &str, status: StatusCode) -> Option<&'static str> {
    let path = path.split('?').next()?;
    if !status.is_success() {
        // Ours, and no client of the vendor's asks there: what is wrong with a file has a line.
        return Some(if path == "/v1/broadworks/subscribers/bulk" { "FileRefusal" } else { "Refusal" });
    }
    let parts: Vec<_> = path.strip_prefix("/v1/")?.split('/').collect();
    Some(match (method, parts.as_slice()) {
        (&Method::GET, ["broadworks", "billing", "reports"]) => "BillingReportsListResponse",
        (&Method::POST, ["broadworks", "billing", "reports"]) => "ReportId",
        (&Method::GET, ["broadworks", "billing", "reports", _]) => "Report",
        (&Method::GET, ["broadworks", "enterprises"]) => "EnterpriseListResponse",
        (&Method::GET, ["broadworks", "enterprises", _, "broadworksDirectorySync"]) => "GetDirectorySyncStatusResponse",
        (_, ["broadworks", "enterprises", _, "broadworksDirectorySync"]) => "UpdateDirectorySyncResponse",
        (_, ["broadworks", "enterprises", _, "broadworksDirectorySync", "externalUser"]) => {
            "TriggerUserDirectorySyncResponse"
        }
        (&Method::GET, ["broadworks", "subscribers"]) => "SubscriberListResponse",
        (&Method::POST, ["broadworks", "subscribers", "validate"]) => "SubscriberProvisioningPrecheckResponse",
        (_, ["broadworks", "subscribers", "bulk"]) | (&Method::DELETE, _) => return None,
        (
            _,
            ["broadworks", "subscribers"]
            | ["broadworks", "subscribers", _]
            | ["broadworks", "subscribers", _, "retry"],
        ) => "Subscriber",
        // Reading workspaces is ours.
        (&Method::POST, ["broadworks", "workspaces"]) | (&Method::PUT, ["broadworks", "workspaces", _]) => {
            "WorkspaceResponse"
        }
        _ => return None,
    })
}

fn object(name: &str, value: &Value, at: &str, faults: &mut Vec<String>) {
    let schema = &SCHEMAS[name];
    let Some(members) = value.as_object() else { return faults.push(format!("{at} is no object")) };
    for required in schema["required"].as_array().unwrap() {
        if !members.contains_key(required.as_str().unwrap()) {
            faults.push(format!("{at} has no {required}"));
        }
    }
    for (member, value) in members {
        match schema["properties"].get(member) {
            Some(property) => one(property, value, &format!("{at}.{member}"), faults),
            None => faults.push(format!("{at} has {member}")),
        }
    }
}

fn one(property: &Value, value: &Value, at: &str, faults: &mut Vec<String>) {
    let fits = match property["type"].as_str().unwrap() {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        _ => value.is_object(),
    };
    if !fits {
        return faults.push(format!("{at} is {value}"));
    }
    if property.get("enum").is_some_and(|allowed| !allowed.as_array().unwrap().contains(value)) {
        faults.push(format!("{at} is {value}"));
    }
    if let Some(name) = property.get("schema") {
        object(name.as_str().unwrap(), value, at, faults);
    }
    for item in value.as_array().into_iter().flatten() {
        object(property["items"].as_str().unwrap(), item, at, faults);
    }
}

#[test]
fn what_breaks_a_schema_is_found() {
    let subscriber =
        serde_json::json!({ "id": 1, "package": "gold", "errors": [{ "errorCode": "1" }], "colour": "red" });
    let mut faults = Vec::new();
    object("Subscriber", &subscriber, "it", &mut faults);
    for expected in ["it.id is 1", "it.package is \"gold\"", "it.errors.errorCode is \"1\"", "it has colour"] {
        assert!(faults.iter().any(|fault| fault == expected), "{expected}: {faults:?}");
    }
    assert!(
        faults.contains(&"it has no \"userId\"".to_owned())
            && faults.contains(&"it.errors has no \"description\"".to_owned())
    );
}
