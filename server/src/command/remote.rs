//! `--server`: what a command does through a server's REST API, as a script on another machine does.

use std::{fs, path::PathBuf, time::Duration};

use clap::Args;
use domain::{Fault, fault::Audience};
use reqwest::{
    Client, Method, Response, StatusCode, Url,
    header::{CONTENT_TYPE, LINK, RETRY_AFTER},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::time::sleep;

use super::Failure;
use crate::{
    config::ConfigError,
    environment::Environment,
    outbound::{self, client},
};

/// How long a connection may take to stand, and a call in all.
const CONNECT: Duration = Duration::from_secs(10);
const TOTAL: Duration = Duration::from_secs(60);
/// How often a call is made before it is given up: a busy server says when to come again.
const TRIES: u32 = 5;
/// The longest that is waited in between, in seconds, and how long if nobody says it.
const LONGEST: u64 = 60;
const SOON: u64 = 2;
/// The most that an answer may have, in bytes.
const ANSWER: usize = 16 << 20;
/// How many items are asked for at once.
const PAGE: &str = "100";

/// Which server.
#[derive(Args, Default)]
pub struct Options {
    /// Work through this server's REST API and not on this machine: `users` and `report`
    #[arg(long, value_name = "URL", global = true)]
    server: Option<String>,
    /// The file with the token of that API, as `flowthrough token add` prints it
    #[arg(long, value_name = "FILE", global = true)]
    token_file: Option<PathBuf>,
}

/// A server, and what lets us in.
pub struct Server {
    base: String,
    token: String,
    client: Client,
    environment: Environment,
}

/// What a refusal says (docs/API.md).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Refused {
    errors: Vec<Wrong>,
    tracking_id: String,
}

/// One thing that is wrong.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wrong {
    error_code: u32,
    description: String,
    field_name: Option<String>,
}

impl Options {
    /// The server that is named, if one is.
    pub(super) fn server(&self) -> Result<Option<Server>, Failure> {
        match (&self.server, &self.token_file) {
            (None, None) => Ok(None),
            (Some(url), Some(file)) => Ok(Some(Server::new(url, file)?)),
            (None, Some(_)) => Err(missing("--server")),
            (Some(_), None) => Err(missing("--token-file")),
        }
    }
}

/// What somebody who left it out is told.
pub(super) fn missing(name: &str) -> Failure {
    let fix = "Write --server https://activate.example.com --token-file FILE; `flowthrough token add` makes a token.";
    wrong(name, "missing", fix).into()
}

pub(super) fn wrong(name: &str, wrong: impl ToString, fix: &str) -> ConfigError {
    ConfigError { name: name.to_owned(), wrong: wrong.to_string(), fix: fix.to_owned() }
}

impl Server {
    fn new(url: &str, token_file: &PathBuf) -> Result<Self, ConfigError> {
        let fix = "Write its public address, such as https://activate.example.com; http only leads to this machine.";
        let parsed = Url::parse(url).map_err(|error| wrong("--server", error, fix))?;
        let here = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let is_safe = parsed.scheme() == "https" || (parsed.scheme() == "http" && here);
        if !is_safe || parsed.query().is_some() || parsed.fragment().is_some() || !parsed.username().is_empty() {
            return Err(wrong("--server", "not the address of a server", fix));
        }
        let fix = "Name a readable file that holds the token and nothing else.";
        let token = fs::read_to_string(token_file).map_err(|error| wrong("--token-file", error, fix))?;
        let token = token.trim().to_owned();
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("--token-file", "there is no token in it", fix));
        }
        let client = client(CONNECT, TOTAL).build().map_err(|error| wrong("--server", error, fix))?;
        let base = parsed.as_str().trim_end_matches('/').to_owned();
        Ok(Self { base, token, client, environment: Environment::real() })
    }

    /// Under which address it is known.
    pub(super) fn address(&self) -> &str {
        &self.base
    }

    /// What stands at a path.
    pub(super) async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Failure> {
        self.read(self.call(Method::GET, path, None).await?).await
    }

    /// What is said to this body.
    pub(super) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, Failure> {
        self.read(self.call(Method::POST, path, Some(body)).await?).await
    }

    /// Every item of a list, page by page.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        path: &str,
        filters: &[(&str, String)],
        mut each: impl FnMut(T),
    ) -> Result<(), Failure> {
        #[derive(Deserialize)]
        struct Page<T> {
            items: Vec<T>,
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let mut query = Some(
            query.append_pair("max", PAGE).extend_pairs(filters.iter().filter(|(_, value)| !value.is_empty())).finish(),
        );
        while let Some(asked) = query {
            let answer = self.call(Method::GET, &format!("{path}?{asked}"), None).await?;
            query = next(&answer);
            self.read::<Page<T>>(answer).await?.items.into_iter().for_each(&mut each);
        }
        Ok(())
    }

    /// Asks until there is an answer that is none of "not now". What is written carries a key, so that it is done once.
    async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response, Failure> {
        let key = self.environment.id().to_string();
        let mut tries = 1;
        loop {
            let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
            request = request.bearer_auth(&self.token);
            if let Some(body) = body {
                request = request.header("Idempotency-Key", &key).header(CONTENT_TYPE, "application/json");
                request = request.body(body.to_string());
            }
            let answer = request.send().await.map_err(|error| self.out_of_reach(error))?;
            let busy = matches!(answer.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
            if !busy || tries == TRIES {
                return Ok(answer);
            }
            tries += 1;
            let seconds = answer.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
            sleep(Duration::from_secs(seconds.unwrap_or(SOON).min(LONGEST))).await;
        }
    }

    async fn read<T: DeserializeOwned>(&self, answer: Response) -> Result<T, Failure> {
        let status = answer.status();
        let body = outbound::body(answer, ANSWER).await;
        let body = body.map_err(|_| Failure::Other(format!("{}: the answer broke off", self.base)))?;
        let strange = || {
            let why = "that is no answer of Flowthrough's API: is it the server's public address?";
            Failure::Other(format!("{} answers {}, and {why}", self.base, status.as_u16()))
        };
        if status.is_success() {
            return serde_json::from_slice(&body).map_err(|_| strange());
        }
        Err(serde_json::from_slice::<Refused>(&body).map_or_else(|_| strange(), |refused| self.refused(&refused)))
    }

    fn out_of_reach(&self, error: reqwest::Error) -> Failure {
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(deeper) = cause.source() {
            cause = deeper;
        }
        Failure::Other(format!("{} cannot be reached: {cause}", self.base))
    }

    fn refused(&self, Refused { errors, tracking_id }: &Refused) -> Failure {
        let said: Vec<_> = errors.iter().map(Wrong::to_string).collect();
        Failure::Other(format!("{}: {} (tracking id {tracking_id})", self.base, said.join(" ")))
    }
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { error_code, description, field_name } = self;
        let field = field_name.as_ref().map(|name| format!("{name}: ")).unwrap_or_default();
        write!(f, "{field}{} ({error_code})", plain(description))?;
        match Fault::from_code(*error_code).map(|fault| fault.remedy(Audience::Administrator)) {
            Some(remedy) if !remedy.is_empty() => write!(f, " {remedy}"),
            _ => Ok(()),
        }
    }
}

/// What a server said, on a line: nothing of it moves a terminal's cursor.
pub(super) fn plain(said: &str) -> String {
    said.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The query of the next page, if there is one (RFC 8288). Only that: a token goes nowhere but to the server that was named.
fn next(answer: &Response) -> Option<String> {
    let link = answer.headers().get(LINK)?.to_str().ok()?;
    let target = link.strip_prefix('<')?.split_once(">; rel=\"next\"")?.0;
    Some(Url::parse(target).ok()?.query()?.to_owned())
}
