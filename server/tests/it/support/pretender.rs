//! A server that only pretends to be a target: for answers that no real one can be brought to give.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse as _, Response},
};
use server::targets::remote::Endpoint;
use tokio::net::TcpListener;

/// The token that its clients have.
pub const TOKEN: &str = "pretended-token";

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub body: String,
}

/// Gives the planned answers one after the other, then none: it hangs.
#[derive(Clone)]
pub struct Pretender {
    url: String,
    plan: Arc<Mutex<VecDeque<Response>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Pretender {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let pretender = Self { url, plan: Arc::default(), asked: Arc::default() };
        let router = Router::new().fallback(answer).with_state(pretender.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        pretender
    }

    /// Where it is.
    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn endpoint(&self) -> Endpoint {
        Endpoint::parse(&self.url, TOKEN).unwrap()
    }

    /// Plans the next answer.
    pub fn plan(&self, status: u16, headers: &[(&'static str, &str)], body: &str) {
        let mut response = (StatusCode::from_u16(status).unwrap(), body.to_owned()).into_response();
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        self.plan.lock().unwrap().push_back(response);
    }

    /// What it was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

async fn answer(State(pretender): State<Pretender>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().into()).unwrap();
    let asked = Asked { method: head.method, path: head.uri.to_string(), headers: head.headers, body };
    pretender.asked.lock().unwrap().push(asked);
    let planned = pretender.plan.lock().unwrap().pop_front();
    match planned {
        Some(response) => response,
        None => std::future::pending().await,
    }
}
