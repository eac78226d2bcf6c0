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
