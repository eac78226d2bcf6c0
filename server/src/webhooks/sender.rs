//! Signs a message and sends it: once, and says what came of it.

use std::time::Duration;

use domain::{Fault, Timestamp, timestamp::SECOND};
use reqwest::{Client, Response, StatusCode};

use super::{Secret, WebhookUrl};
use crate::{
    access::{code_keys::CodeKeys, kept_secret},
    outbound::{Reach, guarded_client},
    retry_after,
    store::Webhook,
};

/// How long a client may take to accept a connection, and to answer.
const CONNECT: Duration = Duration::from_secs(3);
const ANSWER: Duration = Duration::from_secs(10);

/// What the log of deliveries says when a message cannot be signed.
const NO_SECRET: &str = "its secret is encrypted under a key that the server does not have";

/// What came of an attempt: an answer, or why there was none.
pub type Attempt = Result<Answer, String>;

/// What a client answered.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// For how many milliseconds it wants to be left alone.
    pub(super) retry_after: Option<i64>,
}

impl Answer {
    fn of(response: &Response) -> Self {
        Self { status: response.status(), retry_after: retry_after::of(response.headers()) }
    }

    /// What an administrator cannot see by the status alone.
    #[must_use]
    pub fn problem(self) -> Option<&'static str> {
        self.status.is_redirection().then_some("it points elsewhere, and no redirect is followed")
    }
}

/// Signs messages and sends them. Cheap to clone.
#[derive(Clone)]
pub struct Sender {
    keys: CodeKeys,
    http: Client,
    reach: Reach,
}

impl Sender {
    /// Under `keys` the secrets of webhooks are kept; `reach` is the operator's settings, as in [`WebhookUrl::parse`].
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(keys: CodeKeys, reach: Reach) -> Result<Self, reqwest::Error> {
        let http = guarded_client(CONNECT, ANSWER, &reach).user_agent("Flowthrough-Webhooks").build()?;
        Ok(Self { keys, http, reach })
    }

    /// An address to which it sends.
    ///
    /// # Errors
    /// As [`WebhookUrl::parse`].
    pub fn address(&self, typed: &str) -> Result<WebhookUrl, Fault> {
        WebhookUrl::parse(typed, &self.reach)
    }

    pub(super) async fn send(&self, webhook: &Webhook, id: &str, now: Timestamp, body: String) -> Attempt {
        let url = self.address(&webhook.url).map_err(|fault| fault.cause().to_owned())?;
        let secret = kept_secret::reveal(&self.keys, webhook.id, &webhook.secret);
        let secret = secret.and_then(|secret| Secret::parse(&secret).ok()).ok_or(NO_SECRET)?;
        let sent = self
            .http
            .post(url.as_str())
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", now.0 / SECOND)
            .header("webhook-signature", secret.sign(id, now, &body))
            .body(body)
            .send()
            .await;
        // Without the address: it may hold a token.
        sent.map(|response| Answer::of(&response)).map_err(|error| why(&error.without_url()))
    }
}

/// The innermost cause: what an administrator can do something about.
fn why(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), why)
}
