//! Every write must come from our own pages: server functions check no origin by themselves.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::apart::is_hubs;
use crate::backend::Shared;

/// Refuses a write that another site's page began (OWASP: verifying origin with standard headers).
pub async fn check(State(context): State<Shared>, mut request: Request, next: Next) -> Response {
    // Leptos (`server_fn` 0.8.13, `leptos_axum` 0.8.10) sends the sender of a form on to whatever this header holds, where the
    // answer has no place of its own.
    request.headers_mut().remove(header::REFERER);
    let own = if is_hubs(request.uri().path()) { &context.site.hub_url } else { &context.site.public_url };
    if is_safe(request.method()) || is_own(request.headers(), own) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, "This request did not come from our own page. Open the page again and repeat it.\n")
        .into_response()
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the headers that no page can forge say that the request is ours. A request without any of them comes from
/// no current browser and carries no cookie by itself.
fn is_own(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return matches!(site, "same-origin" | "none");
    }
    match text(header::ORIGIN) {
        Some(origin) => {
            origin == origin_of(public_url) || text(header::HOST).is_some_and(|host| same_host(origin, host))
        }
        None => !headers.contains_key(header::COOKIE),
    }
}

/// Scheme, host and port of an address.
fn origin_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or(url, |slash| &url[..host + slash])
}

fn same_host(origin: &str, host: &str) -> bool {
    origin.split_once("://").is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), header::HeaderValue::from_static(value)))
            .collect();
        is_own(&headers, "https://activate.example.com/sub")
    }

    #[test]
    fn our_own_pages_may_write() {
        assert!(own(&[("sec-fetch-site", "same-origin"), ("cookie", "a=b")]));
        assert!(own(&[("origin", "https://activate.example.com"), ("cookie", "a=b")]));
        assert!(own(&[("origin", "http://127.0.0.1:3000"), ("host", "127.0.0.1:3000")]));
    }

    #[test]
    fn other_sites_may_not() {
        assert!(!own(&[("sec-fetch-site", "cross-site")]));
        assert!(!own(&[("sec-fetch-site", "same-site"), ("origin", "https://activate.example.com")]));
        assert!(!own(&[("origin", "https://evil.example"), ("host", "activate.example.com")]));
        assert!(!own(&[("origin", "null"), ("host", "activate.example.com")]));
        assert!(!own(&[("cookie", "ft_hub=x")]), "a cookie without any origin is an old browser that was tricked");
    }
}
