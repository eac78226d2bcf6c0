//! Where browsers leave for an identity provider, and where they come back to. All of it is links and redirects: it works without
//! JavaScript, and no form's policy has to name a provider.

use app::{
    flash,
    hub::{confirmed, local, sign_in},
    problem::Problem,
    visitor::{HUB_SESSION, OIDC_SIGN_IN, cookie_for, cookie_of, session_cookies, visitor_of},
};
use axum::{
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use serde::Deserialize;

use super::signed_in::SignedIn;
use crate::{
    access::guard::{OwnAccount, Public},
    backend::{
        Shared,
        hub::oidc::{Arrived, InVain, Returned, Sent},
    },
};

/// What a link to a provider says.
#[derive(Deserialize)]
pub struct Begin {
    #[serde(default)]
    next: String,
}

/// What a provider says with a browser that it sends back (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Default, Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    iss: Option<String>,
}

/// Sends a browser to a provider.
pub async fn begin(
    State(context): State<Shared>,
    _: Public,
    Path(provider): Path<String>,
    query: Result<Query<Begin>, QueryRejection>,
    parts: Parts,
) -> Response {
    let next = query.map_or_else(|_| String::new(), |Query(begin)| begin.next);
    let next = local(&next);
    match context.begin_oidc(&visitor_of(&parts, HUB_SESSION), &provider, next).await {
        Ok(sent) => leave(&parts, sent),
        Err(problem) => told_at(&parts, &sign_in(next.to_owned()), problem),
    }
}

/// Sends a browser there to prove who is signed in in it.
pub async fn confirm(State(context): State<Shared>, signed_in: SignedIn<OwnAccount>, parts: Parts) -> Response {
    match context.begin_proof(&visitor_of(&parts, HUB_SESSION), &signed_in.administrator).await {
        Ok(sent) => leave(&parts, sent),
        Err(problem) => told_at(&parts, confirmed(), problem),
    }
}

/// Takes a browser back.
pub async fn come_back(
    State(context): State<Shared>,
    _: Public,
    Path(provider): Path<String>,
    query: Result<Query<Answer>, QueryRejection>,
    parts: Parts,
) -> Response {
    // What cannot be read, or says one thing twice, is no answer.
    let answer = query.map(|Query(answer)| answer).unwrap_or_default();
    let Answer { state, code, iss: issuer } = answer;
    let returned = Returned { provider, token: cookie_of(&parts, OIDC_SIGN_IN), state, code, issuer };
    let visitor = visitor_of(&parts, HUB_SESSION);
    let mut response = match context.come_back(&visitor, returned).await {
        Ok(Arrived::SignedIn(session, next)) => see_other(local(&next), session_cookies(&parts, HUB_SESSION, session)),
        Ok(Arrived::Confirmed) => see_other(confirmed(), []),
        Err((problem, InVain::SignIn(next))) => told_at(&parts, &sign_in(local(&next).to_owned()), problem),
        Err((problem, InVain::Proof)) => told_at(&parts, confirmed(), problem),
        // What this browser has begun goes on: whoever sent it here did not know of it.
        Err((problem, InVain::Unasked)) => return told_at(&parts, &sign_in(local("").to_owned()), problem),
    };
    if let Some(over) = cookie_for(&parts, OIDC_SIGN_IN, String::new(), 0) {
        response.headers_mut().append(header::SET_COOKIE, over);
    }
    response
}

fn leave(parts: &Parts, Sent { to, token, lifetime }: Sent) -> Response {
    see_other(to.as_str(), cookie_for(parts, OIDC_SIGN_IN, token, lifetime))
}

fn told_at(parts: &Parts, page: &str, problem: Problem) -> Response {
    see_other(page, flash::told_at(parts, page, problem))
}

fn see_other(to: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::try_from(to) else { return StatusCode::BAD_GATEWAY.into_response() };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
