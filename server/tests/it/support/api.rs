//! A client of a real server's REST API.

use reqwest::{Client, Method};
use serde_json::Value;
use server::targets::remote::Endpoint;

const SUBSCRIBERS: &str = "broadworks/subscribers";

/// The API of one real server.
pub struct Api {
    url: String,
    token: String,
    client: Client,
}

impl Api {
    /// Of the server at this address, which need not run yet.
    pub fn new(server: &str, token: String) -> Self {
        Self { url: format!("{server}/v1"), token, client: Client::new() }
    }

    /// For a server that has this API for its target.
    pub fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.url, &self.token).unwrap()
    }

    /// Its address and token, as settings have them.
    pub fn settings(&self) -> (&str, &str) {
        (&self.url, &self.token)
    }

    /// Its subscribers, as it lists them.
    pub async fn subscribers(&self) -> Vec<Value> {
        self.ask(Method::GET, SUBSCRIBERS, None).await["items"].as_array().unwrap().clone()
    }

    /// Its workspaces, as it lists them.
    pub async fn workspaces(&self) -> Vec<Value> {
        self.ask(Method::GET, "broadworks/workspaces", None).await["items"].as_array().unwrap().clone()
    }

    /// Adds a subscriber.
    pub async fn add(&self, subscriber: &Value) {
        self.ask(Method::POST, SUBSCRIBERS, Some(subscriber)).await;
    }

    /// The answer to a call that succeeds.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let request = self.client.request(method.clone(), format!("{}/{path}", self.url));
        let request = request.bearer_auth(&self.token);
        let request = match body {
            Some(body) => request.header("content-type", "application/json").body(body.to_string()),
            None => request,
        };
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }
}
