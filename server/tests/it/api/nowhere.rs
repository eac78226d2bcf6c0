//! Addresses and methods that there are not: the error body all the same.

use axum::{body::Body, http::Method};
use serde_json::json;

use crate::support::{World, for_each_database};

#[test]
fn an_unknown_address_is_a_404_with_the_error_body() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        for path in ["/v1", "/v1/", "/v1/people", "/v1/people/", "/v1/broadworks/subscribers/a/b"] {
            assert_eq!(client.get(path).await.errors(), (404, vec![(45006, "")]), "{path}");
        }
    });
}

#[test]
fn a_wrong_method_is_a_405_that_names_the_right_ones() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let answer = client.put("/v1/broadworks/subscribers", &json!({})).await;
        assert_eq!(answer.errors(), (405, vec![(45007, "")]));
        assert_eq!(answer.header("allow"), "GET,HEAD,POST");
        let answer = client.call(Method::PATCH, "/v1/broadworks/subscribers/x", None, Body::empty()).await;
        assert_eq!((answer.status.as_u16(), answer.header("allow")), (405, "GET,HEAD,PUT,DELETE"));
    });
}

/// Nothing was looked up: what was written could be nothing's.
#[test]
fn what_is_malformed_in_an_address_is_told_by_its_name() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let subscribers = "/v1/broadworks/subscribers";
        for (path, name) in [
            (format!("{subscribers}/x"), "id"),
            (format!("{subscribers}/x/history"), "id"),
            (format!("{subscribers}/%ff"), ""),
            (format!("{subscribers}/bulk/x"), "job"),
            (format!("{subscribers}/bulk/x/rows"), "job"),
            ("/v1/broadworks/workspaces/x".to_owned(), "id"),
            ("/v1/broadworks/billing/reports/x".to_owned(), "id"),
            ("/v1/broadworks/enterprises/x/broadworksDirectorySync".to_owned(), "id"),
            ("/v1/webhooks/x".to_owned(), "webhook"),
            ("/v1/webhooks/x/deliveries".to_owned(), "webhook"),
            (format!("{subscribers}?filter=caf%e9"), "filter"),
            (format!("{subscribers}?max=1&email=%00"), "email"),
            (format!("{subscribers}?max=1&max=2"), "max"),
            (format!("{subscribers}?status=error&status=error"), "status"),
            (format!("{subscribers}?provisioningId=zz"), "provisioningId"),
            ("/v1/broadworks/enterprises?startsWith=a&startsWith=b".to_owned(), "startsWith"),
        ] {
            let refused = client.get(&path).await;
            assert_eq!(refused.errors(), (400, vec![(45001, name)]), "{path}");
            let description = refused.body["errors"][0]["description"].as_str().unwrap();
            assert!(!description.is_empty(), "{path}");
        }
        let refused = client.delete(&format!("{subscribers}/x?forbid=maybe")).await;
        assert_eq!(refused.errors(), (400, vec![(45001, "id")]));
        let nobody = "Y2lzY29zcGFyazovL3VzL1NVQlNDUklCRVIvNjk3MGU2YmItNzQzOS00ZmZiLWFkMzQtZDNmZjAxNjdkZGFk";
        let refused = client.delete(&format!("{subscribers}/{nobody}?forbid=maybe")).await;
        assert_eq!(refused.errors(), (400, vec![(45001, "forbid")]));
        let refused = client.post(&format!("{subscribers}/bulk?dryRn=true"), &json!({})).await;
        assert_eq!(refused.errors(), (400, vec![(45001, "dryRn")]));
        let missing = json!({
            "provisioningId": "zz", "userId": "1@sp.com", "spEnterpriseId": "SP1+acme", "firstName": "Ann",
            "lastName": "Lee", "package": "basic",
        });
        assert_eq!(client.post(subscribers, &missing).await.errors(), (400, vec![(45003, "provisioningId")]));
    });
}
