//! What a request says of its caller, and the cookies that an answer sets.
//!
//! Everything here reads or writes the request and response that Leptos holds in its context, so it works the same
//! while a page is rendered and inside a server function.

use axum::http::{
    HeaderMap, HeaderName, HeaderValue, StatusCode,
    header::{ACCEPT, ACCEPT_LANGUAGE, LOCATION, RETRY_AFTER, SET_COOKIE, USER_AGENT},
    request::Parts,
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use domain::{Fault, Network, fault::Audience, limit::DEVICE_LIFETIME, timestamp::SECOND};
use leptos::{prelude::use_context, reactive::owner::with_context};
use leptos_axum::ResponseOptions;

pub use crate::cookie::CookiePrefix;
use crate::{
    backend::caller::{ClientAddress, NewSession, Visitor},
    cookie::LANGUAGE,
    header::{MEANT_FOR, TOLD},
    i18n::Locale,
    language,
    problem::Problem,
    status::set_status,
};

/// The session in the activation portal.
pub const PORTAL_SESSION: &str = "ft_portal";
/// The session in the partner hub.
pub const HUB_SESSION: &str = "ft_hub";
/// A sign-in by an identity provider that is under way.
pub const OIDC_SIGN_IN: &str = "ft_oidc";
/// In which browser somebody has signed in before: strangers' failures do not count there.
const DEVICE: &str = "ft_device";

/// What a browser is to forget of a site.
const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");

impl CookiePrefix {
    fn of(parts: &Parts) -> Self {
        parts.extensions.get().copied().unwrap_or(Self::None)
    }
}

/// The caller, with the session that the cookie of this name holds.
#[must_use]
pub fn visitor(session_cookie: &str) -> Visitor {
    with_context(|parts: &Parts| visitor_of(parts, session_cookie)).unwrap_or_else(|| Visitor {
        session: None,
        meant_for: None,
        network: Network::UNKNOWN,
        device: None,
        locale: language::best(languages(), Audience::User),
    })
}

/// The same of this request.
#[must_use]
pub fn visitor_of(parts: &Parts, session_cookie: &str) -> Visitor {
    let address = parts.extensions.get::<ClientAddress>().copied();
    Visitor {
        session: cookie_of(parts, session_cookie),
        meant_for: meant_for(&parts.headers),
        network: address.map_or(Network::UNKNOWN, |address| address.0),
        device: cookie_of(parts, DEVICE),
        locale: language_of(&parts.headers),
    }
}

/// For whom the page was made that calls, if it says so.
#[must_use]
pub fn meant_for(headers: &HeaderMap) -> Option<String> {
    headers.get(MEANT_FOR)?.to_str().ok().filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The path that was asked for.
#[must_use]
pub fn path() -> String {
    use_context::<Parts>().map(|parts| parts.uri.path().to_owned()).unwrap_or_default()
}

/// What the visitor's browser says of itself.
#[must_use]
pub fn user_agent() -> String {
    with_context(|parts: &Parts| Some(parts.headers.get(USER_AGENT)?.to_str().ok()?.to_owned()))
        .flatten()
        .unwrap_or_default()
}

/// What the page said was wrong that is asked for in another language.
#[must_use]
pub fn reported_fault() -> Option<Fault> {
    let code = with_context(|parts: &Parts| parts.headers.get(TOLD)?.to_str().ok()?.parse().ok())??;
    Fault::from_code(code)
}

/// Whether a request brings nothing of its sender's that a page shows: no session, nothing that a form has left behind, no page
/// that is open.
#[must_use]
pub fn is_anybody(headers: &HeaderMap) -> bool {
    let own = |cookie: &Cookie<'_>| {
        let name = cookie.name().strip_prefix("__Host-").unwrap_or(cookie.name()).to_owned();
        name.starts_with("ft_") && name != LANGUAGE && name != DEVICE
    };
    let from_page = [TOLD, MEANT_FOR].iter().any(|header| headers.contains_key(*header));
    !from_page && !CookieJar::from_headers(headers).iter().any(own)
}

/// The language in which the sender of a request reads the portal.
#[must_use]
pub fn language_of(headers: &HeaderMap) -> Locale {
    language::best(wanted(headers), Audience::User)
}

/// The languages that the visitor wants, the best first: the chosen one, then the browser's.
#[must_use]
pub fn languages() -> Vec<String> {
    with_context(|parts: &Parts| wanted(&parts.headers)).unwrap_or_default()
}

fn wanted(headers: &HeaderMap) -> Vec<String> {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    // How users come here is not known where only the headers are; the bare name is plain http's, or from before the other one.
    let chosen = CookiePrefix::ALL.map(|prefix| sent(headers, &prefix.before(LANGUAGE)));
    chosen.into_iter().flatten().chain(by_preference(accepted)).collect()
}

/// The languages of an `Accept-Language` header, those with the highest weight first.
fn by_preference(header: &str) -> Vec<String> {
    let mut weighted: Vec<(f32, &str)> = header
        .split(',')
        .filter_map(|entry| {
            let (language, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let weight = weight.trim().strip_prefix("q=")?.parse().ok()?;
            (weight > 0.0).then_some((weight, language.trim()))
        })
        .collect();
    weighted.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    weighted.into_iter().map(|(_, language)| language.to_owned()).collect()
}

/// Whether a form was sent without JavaScript: then the answer has to be a page again.
#[must_use]
pub fn is_plain_form() -> bool {
    with_context(|parts: &Parts| Some(parts.headers.get(ACCEPT)?.to_str().ok()?.contains("text/html")))
        .flatten()
        .unwrap_or(false)
}

/// The value of a cookie of ours that the request brought.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    with_context(|parts: &Parts| cookie_of(parts, name))?
}

/// The value of a cookie of ours that this request brought.
#[must_use]
pub fn cookie_of(parts: &Parts, name: &str) -> Option<String> {
    sent(&parts.headers, &CookiePrefix::of(parts).before(name))
}

fn sent(headers: &HeaderMap, name: &str) -> Option<String> {
    CookieJar::from_headers(headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// What an answer says to begin a session in the browser that made this request.
pub fn session_cookies(parts: &Parts, name: &str, session: NewSession) -> impl Iterator<Item = HeaderValue> + use<> {
    let prefix = CookiePrefix::of(parts);
    let begun = cookie_header(prefix, name, session.token, session.lifetime);
    let device = session.device.and_then(|device| cookie_header(prefix, DEVICE, device, DEVICE_LIFETIME / SECOND));
    begun.into_iter().chain(device)
}

/// What an answer to this request says to set a cookie that only the server reads.
#[must_use]
pub fn cookie_for(parts: &Parts, name: &str, value: String, seconds: i64) -> Option<HeaderValue> {
    cookie_header(CookiePrefix::of(parts), name, value, seconds)
}

/// Begins a session in the browser.
pub fn begin_session(name: &str, session: NewSession) {
    set_cookie(name, session.token, session.lifetime);
    if let Some(device) = session.device {
        set_cookie(DEVICE, device, DEVICE_LIFETIME / SECOND);
    }
}

/// Sets a cookie that only the server reads.
pub fn set_cookie(name: &str, value: String, seconds: i64) {
    let prefix = with_context(CookiePrefix::of).unwrap_or(CookiePrefix::None);
    if let (Some(header), Some(response)) =
        (cookie_header(prefix, name, value, seconds), use_context::<ResponseOptions>())
    {
        response.append_header(SET_COOKIE, header);
    }
}

fn cookie_header(prefix: CookiePrefix, name: &str, value: String, seconds: i64) -> Option<HeaderValue> {
    let cookie = Cookie::build((prefix.before(name), value))
        .path("/")
        .http_only(true)
        .secure(true)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::seconds(seconds));
    HeaderValue::try_from(cookie.build().encoded().to_string()).ok()
}

/// Takes a cookie away again.
pub fn clear_cookie(name: &str) {
    set_cookie(name, String::new(), 0);
}

/// Ends a session in the browser: its cookie is taken away, and whatever a page has stored. No more than that is cleared:
/// `"cookies"` would take those of all hosts of the domain, the operator's other sites among them, and `"cache"` holds browsers up
/// for seconds, where `no-store` leaves nothing to clear.
pub fn end_session(name: &str) {
    clear_cookie(name);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(CLEAR_SITE_DATA, HeaderValue::from_static("\"storage\""));
    }
}

/// Responds to a page's call of a server function with another status than Leptos' 500. A page that is being rendered says in
/// words what it could not get, and a plain form is sent on: both keep the status that they have.
pub fn refuse(status: StatusCode, retry_after: Option<u32>) {
    let called = with_context(|parts: &Parts| parts.uri.path().starts_with("/api/")).unwrap_or(false);
    if called && !is_plain_form() {
        set_status(status);
        set_retry_after(retry_after);
    }
}

/// A page that shows a problem says it to programs, too, where there is a status for it. Called while the page's view is
/// made: when its parts are written the status has been sent.
pub fn show(problem: &Problem) {
    let status = match problem.fault {
        Fault::UnknownShareLink => StatusCode::NOT_FOUND,
        Fault::ShareLinkReplaced => StatusCode::GONE,
        Fault::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
        Fault::Busy | Fault::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => return,
    };
    set_status(status);
    set_retry_after(problem.retry_after);
}

fn set_retry_after(seconds: Option<u32>) {
    if let (Some(response), Some(seconds)) = (use_context::<ResponseOptions>(), seconds) {
        response.insert_header(RETRY_AFTER, seconds.into());
    }
}

/// Gives a page that can only say what is wrong the status that says so, too: programs and proxies do not read it.
pub fn admit(problem: &Problem) {
    match problem.fault {
        Fault::NotFound => set_status(StatusCode::NOT_FOUND),
        Fault::Internal => set_status(StatusCode::INTERNAL_SERVER_ERROR),
        _ => show(problem),
    }
}

/// What a form says is the token of a link, as far as it can be part of an address: what is none leads nowhere, and least of
/// all to another page.
#[must_use]
pub fn token(text: &str) -> &str {
    let is_one = !text.is_empty() && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
    if is_one { text } else { "-" }
}

/// Responds to a plain form: read on at `path`, and a reload sends nothing twice.
pub fn see_other(path: &str) {
    let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), HeaderValue::try_from(path)) else {
        return;
    };
    response.set_status(StatusCode::SEE_OTHER);
    response.insert_header(LOCATION, location);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepted_languages_go_by_weight_then_by_order() {
        assert_eq!(by_preference("fr;q=0.2, bg, it;q=0.9,de;q=0"), ["bg", "it", "fr"]);
        assert!(by_preference("").first().is_none_or(String::is_empty));
    }
}
