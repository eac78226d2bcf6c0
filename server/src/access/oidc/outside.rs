//! How a provider is called.

use std::time::Duration;

use futures::future::BoxFuture;
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http::Response};
use reqwest::Client;

use crate::outbound::{self, Address, BadAddress, Reach, Unread};

/// How long a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(3);
/// The largest answer that is read, in bytes: a document with some keys.
const LARGEST_ANSWER: usize = 1 << 19;

/// The client of one provider: follows no redirect, sends nothing where others can read it nor into networks that are none of its business, and reads no answer without an end.
#[derive(Debug)]
pub(super) struct Outside {
    http: Client,
    reach: Reach,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unheard {
    #[error(transparent)]
    Address(#[from] BadAddress),
    #[error(transparent)]
    Call(#[from] reqwest::Error),
    #[error("the answer is too long")]
    TooLong,
    #[error(transparent)]
    Strange(#[from] openidconnect::http::Error),
}

impl Outside {
    /// `reach` is how far the addresses in the provider's document may lead: they are the provider's choice, not the operator's.
    pub(super) fn new(reach: Reach, patience: Duration) -> Result<Self, reqwest::Error> {
        let http = outbound::guarded_client(CONNECT.min(patience), patience, &reach).build()?;
        Ok(Self { http, reach })
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unheard> {
        // The document that names where a secret is to be sent is the provider's.
        Address::parse(&request.uri().to_string())?.within(&self.reach)?;
        let answer = self.http.execute(request.try_into()?).await?;
        let mut response = Response::builder().status(answer.status()).version(answer.version());
        for (name, value) in answer.headers() {
            response = response.header(name, value);
        }
        let body = outbound::body(answer, LARGEST_ANSWER).await.map_err(|unread| match unread {
            Unread::TooLong => Unheard::TooLong,
            Unread::Broken(broken) => broken.into(),
        })?;
        Ok(response.body(body)?)
    }
}

impl<'c> AsyncHttpClient<'c> for Outside {
    type Error = Unheard;
    type Future = BoxFuture<'c, Result<HttpResponse, Unheard>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
