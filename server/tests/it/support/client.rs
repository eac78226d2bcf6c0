//! A client of the REST API.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use domain::{
    Fault, Permissions,
    limit::{self, Limit},
};
use serde_json::Value;
use server::{
    access::{adapter_accounts::Verifier, rate::Rate, tokens},
    http::{
        adapter::{self, AdapterState},
        api::{self, ApiState},
    },
    outbound::Reach,
    store::Tenant,
    webhooks::Sender,
};
use tower::ServiceExt as _;

use super::{World, contract};

/// Where the API believes to be.
pub const PUBLIC_URL: &str = "https://flowthrough.example";

/// A client with a token.
#[derive(Clone)]
pub struct Client {
    router: Router,
    authorization: Option<String>,
    idempotency_key: Option<String>,
    coding: Option<&'static str>,
}

/// What a client got.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl World {
    /// A client of this world's partner that may do everything.
    pub async fn client(&self) -> Client {
        self.client_of(self.tenant, Permissions::TOKEN).await
    }

    pub async fn client_of(&self, tenant: Tenant, permissions: Permissions) -> Client {
        let token = tokens::add(&self.store, &self.environment, tenant, "test", permissions, None).await.unwrap();
        Client { authorization: None, router: self.router(), idempotency_key: None, coding: None }
            .with_authorization(&format!("Bearer {token}"))
    }

    fn router(&self) -> Router {
        let (store, environment) = (self.store.clone(), self.environment.clone());
        let adapter = adapter::router(AdapterState {
            store: store.clone(),
            environment: environment.clone(),
            verifier: Verifier::new(&environment),
        });
        let api = api::router(
            ApiState {
                store,
                environment,
                public_url: Arc::from(PUBLIC_URL),
                rate: Rate::new(Limit { max: self.api_calls, ..limit::API_CALLS }, Fault::TooManyRequests),
                webhooks: Sender::new(self.code_keys.clone(), Reach::everywhere()).unwrap(),
                directories: self.directories(),
                code_keys: self.code_keys.clone(),
            },
            true,
        );
        api.merge(adapter)
    }
}

impl Client {
    /// Its `Authorization` header.
    pub fn authorization(&self) -> &str {
        self.authorization.as_deref().unwrap_or_default()
    }

    /// The same client with another `Authorization` header.
    pub fn with_authorization(&self, value: &str) -> Self {
        Self { authorization: Some(value.to_owned()), ..self.clone() }
    }

    /// The same client without a token.
    pub fn without_authorization(&self) -> Self {
        Self { authorization: None, ..self.clone() }
    }

    /// The same client with an `Idempotency-Key`.
    pub fn with_key(&self, key: &str) -> Self {
        Self { idempotency_key: Some(key.to_owned()), ..self.clone() }
    }

    /// The same client, whose bodies are said to be encoded in some way.
    pub fn with_coding(&self, coding: &'static str) -> Self {
        Self { coding: Some(coding), ..self.clone() }
    }

    /// The same client, of another replica of the server.
    pub fn at_replica(&self, world: &World) -> Self {
        Self { router: world.router(), ..self.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, Body::empty()).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None, Body::empty()).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some("application/json"), Body::from(body.to_string())).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PUT, path, Some("application/json"), Body::from(body.to_string())).await
    }

    /// A page for people.
    pub async fn page(&self, path: &str) -> (HeaderMap, String) {
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let (head, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        assert_eq!(head.status, StatusCode::OK, "{path}");
        (head.headers, String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec()).unwrap())
    }

    /// Any call. Whatever comes back carries a tracking id, and a refusal the vendor's error body.
    pub async fn call(&self, method: Method, path: &str, content_type: Option<&str>, body: Body) -> Answer {
        let mut request = Request::builder().method(&method).uri(path);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        if let Some(key) = &self.idempotency_key {
            request = request.header("idempotency-key", key);
        }
        if let Some(coding) = self.coding {
            request = request.header(header::CONTENT_ENCODING, coding);
        }
        if let Some(content_type) = content_type {
            request = request.header(header::CONTENT_TYPE, content_type);
        }
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        let answer = Answer { status: head.status, headers: head.headers, body };
        answer.check(path);
        contract::check(&method, path, answer.status, &answer.body);
        answer
    }
}

impl Answer {
    fn check(&self, path: &str) {
        let tracking_id = self.header("trackingid");
        if self.status.is_success() {
            return;
        }
        assert_eq!(self.body["trackingId"].as_str(), Some(tracking_id), "{path}");
        assert!(self.body["message"].is_string(), "{path}");
        let errors = self.body["errors"].as_array().unwrap();
        assert!(!errors.is_empty(), "{path}");
        for error in errors {
            assert!(error["errorCode"].is_u64() && error["description"].is_string(), "{path}");
        }
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).unwrap_or_else(|| panic!("no header {name}")).to_str().unwrap()
    }

    /// The status and, one by one, the code and field of its errors.
    pub fn errors(&self) -> (u16, Vec<(u64, &str)>) {
        let errors = self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let shown = errors
            .iter()
            .map(|error| (error["errorCode"].as_u64().unwrap(), error["fieldName"].as_str().unwrap_or_default()))
            .collect();
        (self.status.as_u16(), shown)
    }

    /// One text of the body.
    pub fn text(&self, name: &str) -> &str {
        self.body[name].as_str().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }
}
