//! What the targets that are reached over HTTP have in common: an address with a token, calls that end in time, and
//! refusals in the words of our catalogue.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use domain::Fault;
use reqwest::{
    Client, Method, RequestBuilder, StatusCode, Url,
    header::{self, HeaderMap, HeaderValue},
};
use serde::de::DeserializeOwned;

use super::Refusal;
use crate::{
    outbound::{self, Address, BadAddress, Unread},
    retry_after,
};

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(3);
/// The largest answer that is read, in bytes: a list of a hundred accounts is well below.
const LARGEST_ANSWER: usize = 1 << 20;

/// Where a target is, and the token that opens it. Cheap to clone: clones have one token.
#[derive(Clone)]
pub struct Endpoint {
    url: Url,
    authorization: Arc<RwLock<HeaderValue>>,
}

impl PartialEq for Endpoint {
    fn eq(&self, other: &Self) -> bool {
        self.is_at_the_place_of(other) && self.authorization() == other.authorization()
    }
}

impl Eq for Endpoint {}

/// What is wrong with an [`Endpoint`]. Shows neither address nor token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// A token is about to be sent there.
    #[error(transparent)]
    Address(#[from] BadAddress),
    /// No header can hold it.
    #[error("the token holds characters that no access token has")]
    Token,
}

impl Endpoint {
    /// Reads an address and a bearer token (RFC 6750). Plain http is for this very machine only.
    ///
    /// # Errors
    /// [`BadEndpoint`] says what is wrong.
    pub fn parse(url: &str, token: &str) -> Result<Self, BadEndpoint> {
        let url = Address::parse(url.trim())?.bare()?.encrypted()?.into_url();
        let is_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
        let mut authorization = match HeaderValue::from_str(&format!("Bearer {token}")) {
            Ok(value) if !token.is_empty() && token.chars().all(is_token) => value,
            _ => return Err(BadEndpoint::Token),
        };
        authorization.set_sensitive(true);
        Ok(Self { url, authorization: Arc::new(RwLock::new(authorization)) })
    }

    /// Whether both are at one address, whatever opens it.
    #[must_use]
    pub fn is_at_the_place_of(&self, other: &Self) -> bool {
        self.url == other.url
    }

    /// From the next call on, it and all its clones are opened by the other's token.
    pub fn open_as(&self, other: &Self) {
        let authorization = other.authorization();
        *self.authorization.write().unwrap_or_else(PoisonError::into_inner) = authorization;
    }

    fn authorization(&self) -> HeaderValue {
        self.authorization.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Without what stands at the end, if it is one of these names: below the endpoint, and pasted with it.
    #[must_use]
    pub(super) fn above(mut self, names: &[&str]) -> Self {
        let last = self.url.path_segments().and_then(|segments| segments.rev().find(|one| !one.is_empty()));
        if last.is_some_and(|last| names.iter().any(|name| last.eq_ignore_ascii_case(name)))
            && let Ok(mut segments) = self.url.path_segments_mut()
        {
            segments.pop_if_empty().pop();
        }
        self
    }
}

/// Keeps the token out of logs.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Endpoint").field(&self.url.as_str()).finish()
    }
}

/// Calls an [`Endpoint`]. Connections are kept and shared.
#[derive(Clone, Debug)]
pub(super) struct Remote {
    http: Client,
    endpoint: Endpoint,
}

impl Remote {
    /// `patience` is for one call, connecting included; an attempt may make several, and has a limit of its own.
    ///
    /// # Errors
    /// If TLS cannot be set up, e.g. because the system's certificates are unreadable.
    pub(super) fn new(endpoint: Endpoint, patience: Duration) -> Result<Self, reqwest::Error> {
        let http = outbound::client(CONNECT, patience).build()?;
        Ok(Self { http, endpoint })
    }

    /// A call to what stands under these names below the endpoint.
    pub(super) fn request(&self, method: Method, path: &[&str]) -> RequestBuilder {
        let mut url = self.endpoint.url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        self.http.request(method, url).header(header::AUTHORIZATION, self.endpoint.authorization())
    }
}

/// What a target answered, whatever it was.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

#[cfg(any(test, feature = "fuzzing"))]
impl Answer {
    /// An answer without headers that nobody gave.
    pub(super) fn new(status: StatusCode, body: Vec<u8>) -> Self {
        Self { status, headers: HeaderMap::new(), body }
    }
}

impl Answer {
    /// Makes a call.
    ///
    /// # Errors
    /// If no whole answer comes. The target may have done what it was asked all the same.
    pub(super) async fn to(request: RequestBuilder) -> Result<Self, Refusal> {
        let response = request.send().await.map_err(|error| silence(&error))?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = outbound::body(response, LARGEST_ANSWER).await.map_err(unread)?;
        Ok(Self { status, headers, body })
    }

    /// The body of a good answer.
    ///
    /// # Errors
    /// If it is not what it should be: whoever answered was not the target but something in front of it.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        self.peek().ok_or_else(|| Refusal {
            detail: Some(format!("{}: the answer cannot be read", self.status)),
            ..Fault::TargetUnavailable.into()
        })
    }

    /// The body, if it is of this form.
    pub(super) fn peek<T: DeserializeOwned>(&self) -> Option<T> {
        let body = self.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&self.body);
        serde_json::from_slice(body).ok()
    }

    /// Whether nothing was said but the status.
    pub(super) fn is_empty(&self) -> bool {
        self.body.iter().all(u8::is_ascii_whitespace)
    }

    /// A header that is text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The refusal that the status stands for, when the target gives no better reason; `said` is what it said.
    pub(super) fn refusal(&self, said: &str) -> Refusal {
        // It wants to be paid, somebody to sign in, or has moved: that is said to whoever comes.
        let of_all = self.status.is_redirection()
            || matches!(
                self.status,
                StatusCode::PAYMENT_REQUIRED
                    | StatusCode::PROXY_AUTHENTICATION_REQUIRED
                    | StatusCode::NETWORK_AUTHENTICATION_REQUIRED
            );
        let fault = match self.status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::PAYMENT_REQUIRED => {
                Fault::TargetUnauthorized
            }
            _ if of_all => Fault::TargetUnavailable,
            // A gateway that gave up does not know what the service behind it does.
            StatusCode::REQUEST_TIMEOUT | StatusCode::BAD_GATEWAY | StatusCode::GATEWAY_TIMEOUT => Fault::TargetTimeout,
            StatusCode::LOCKED | StatusCode::TOO_MANY_REQUESTS => Fault::TargetBusy,
            status if status.is_server_error() => Fault::TargetUnavailable,
            _ => Fault::TargetRefused,
        };
        let detail =
            if said.is_empty() { self.status.to_string() } else { format!("{}: {said}", self.status.as_u16()) };
        Refusal { fault, detail: Some(detail), retry_after: retry_after::of(&self.headers), of_all }
    }
}

fn silence(error: &reqwest::Error) -> Refusal {
    // Connecting in vain has no effect on the target; everything later may have one yet.
    if error.is_connect() { Fault::TargetUnavailable.into() } else { Fault::TargetTimeout.into() }
}

fn unread(unread: Unread) -> Refusal {
    match unread {
        Unread::Broken(error) => silence(&error),
        Unread::TooLong => {
            Refusal { detail: Some("the answer is too long".to_owned()), ..Fault::TargetUnavailable.into() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &str)]) -> Answer {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Answer { status: StatusCode::from_u16(status).unwrap(), headers, body: Vec::new() }
    }

    #[test]
    fn a_token_travels_encrypted_or_not_at_all() {
        for good in ["https://scim.example/v2/", "http://127.0.0.1:8080/v2", "http://[::1]", "http://localhost:1/"] {
            assert!(Endpoint::parse(good, "t0k-._~+/en==").is_ok(), "{good}");
        }
        for (url, wrong) in [
            ("http://scim.example/v2", BadAddress::Insecure),
            ("http://127.0.0.1.example", BadAddress::Insecure),
            ("ftp://127.0.0.1", BadAddress::Insecure),
            ("scim.example", BadAddress::Malformed),
            ("https://user:word@scim.example", BadAddress::Malformed),
            ("https://scim.example/v2?tenant=1", BadAddress::Malformed),
        ] {
            assert_eq!(Endpoint::parse(url, "token"), Err(BadEndpoint::Address(wrong)), "{url}");
        }
        for token in ["", "a b", "a\nb", "ключ"] {
            assert_eq!(Endpoint::parse("https://scim.example", token), Err(BadEndpoint::Token), "{token}");
        }
        let shown = format!("{:?}", Endpoint::parse("https://scim.example/v2", "secret").unwrap());
        assert!(shown.contains("scim.example") && !shown.contains("secret"), "{shown}");
    }

    #[test]
    fn names_become_one_segment_each() {
        for (base, shown) in
            [("https://h.example", "https://h.example"), ("https://h.example/v2/", "https://h.example/v2")]
        {
            let remote = Remote::new(Endpoint::parse(base, "token").unwrap(), CONNECT).unwrap();
            let request = remote.request(Method::GET, &["Users", "a/../b?c"]).build().unwrap();
            assert_eq!(request.url().as_str(), format!("{shown}/Users/a%2F..%2Fb%3Fc"));
        }
    }

    #[test]
    fn what_is_pasted_behind_an_endpoint_is_taken_off() {
        for (pasted, meant) in [
            ("https://h.example/v2/Users/", "https://h.example/v2"),
            ("https://h.example/v2/users", "https://h.example/v2"),
            ("https://h.example/v2/", "https://h.example/v2"),
            ("https://h.example/Users/v2", "https://h.example/Users/v2"),
            ("https://h.example/Users", "https://h.example/"),
        ] {
            let endpoint = Endpoint::parse(pasted, "token").unwrap().above(&["Users"]);
            assert_eq!(endpoint.url.as_str(), meant, "{pasted}");
        }
    }

    #[test]
    fn a_status_becomes_a_fault() {
        for (status, fault) in [
            (400, Fault::TargetRefused),
            (401, Fault::TargetUnauthorized),
            (403, Fault::TargetUnauthorized),
            (404, Fault::TargetRefused),
            (302, Fault::TargetUnavailable),
            (307, Fault::TargetUnavailable),
            (402, Fault::TargetUnauthorized),
            (407, Fault::TargetUnavailable),
            (409, Fault::TargetRefused),
            (408, Fault::TargetTimeout),
            (423, Fault::TargetBusy),
            (429, Fault::TargetBusy),
            (500, Fault::TargetUnavailable),
            (502, Fault::TargetTimeout),
            (504, Fault::TargetTimeout),
            (503, Fault::TargetUnavailable),
        ] {
            assert_eq!(answer(status, &[]).refusal("").fault, fault, "{status}");
        }
        assert_eq!(answer(503, &[]).refusal("").detail.as_deref(), Some("503 Service Unavailable"));
        assert_eq!(answer(400, &[]).refusal("no").detail.as_deref(), Some("400: no"));
    }
}
