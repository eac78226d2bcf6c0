//! What a request asks for, before anybody looks it up: its method and its target (RFC 9112 §3).

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use tower::ServiceExt as _;

use super::{apart::is_hubs, form::FUNCTIONS, slash::LINKS, text::is_text};

/// What this server answers to.
const METHODS: [Method; 7] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];

/// Refuses a method that nothing here has, and a target without a path: `leptos_axum` (0.8.10) panics at what CONNECT
/// asks for, a host and a port.
pub async fn has_path(request: Request, next: Next) -> Response {
    if !METHODS.contains(request.method()) {
        let allow = METHODS.map(|method| method.to_string()).join(", ");
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, allow)]).into_response();
    }
    if request.uri().path_and_query().is_none() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    next.run(request).await
}

/// Refuses an address of a page that is no text, or holds the NUL that PostgreSQL takes in none. Whoever reads pages is shown
/// the one that says that there is none, and what is wrong with it in the status.
pub async fn is_readable(mut request: Request, next: Next) -> Response {
    if let Some(link) = readable_link(request.uri()) {
        *request.uri_mut() = link;
    }
    let uri = request.uri();
    if is_text(uri.path().as_bytes()) && uri.query().is_none_or(|query| is_text(query.as_bytes())) {
        return next.run(request).await;
    }
    if !reads_pages(&request) {
        let why = "This address is no text in UTF-8, percent-encoded, without NUL.
";
        return (StatusCode::BAD_REQUEST, why).into_response();
    }
    *request.uri_mut() = Uri::from_static(if is_hubs(uri.path()) { "/hub/-" } else { "/-" });
    let mut page = next.run(request).await;
    if is_page(&page) {
        *page.status_mut() = StatusCode::BAD_REQUEST;
    }
    page
}

/// The link without what is no text behind it, if anything is: trackers add such to whatever they pass on.
fn readable_link(uri: &Uri) -> Option<Uri> {
    let (path, query) = (uri.path(), uri.query()?);
    if !path.starts_with(LINKS) || is_text(query.as_bytes()) {
        return None;
    }
    let readable: Vec<_> = query.split('&').filter(|pair| is_text(pair.as_bytes())).collect();
    let link = if readable.is_empty() { path.to_owned() } else { format!("{path}?{}", readable.join("&")) };
    link.parse().ok()
}

fn reads_pages(request: &Request) -> bool {
    request.method() == Method::GET && takes_pages(request.headers())
}

fn takes_pages(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT).and_then(|accepted| accepted.to_str().ok());
    accepted.is_some_and(|accepted| accepted.contains("text/html"))
}

/// Shows a reader of pages one with a way out, where a form was refused before it was understood, or its address was opened: with
/// the status of the refusal, which says the rest to whoever reads no page. `nowhere` is what makes the page.
pub async fn is_explained(State(nowhere): State<Router>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let Some(function) = path.strip_prefix(FUNCTIONS).filter(|_| takes_pages(request.headers())) else {
        return next.run(request).await;
    };
    let mut page = Request::new(Body::empty());
    *page.uri_mut() = Uri::from_static(if function.starts_with("hub/") { "/hub/-" } else { "/-" });
    *page.extensions_mut() = request.extensions().clone();
    for name in [header::ACCEPT, header::ACCEPT_LANGUAGE, header::COOKIE, header::HOST] {
        if let Some(value) = request.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    let answer = next.run(request).await;
    let is_refused = answer.status().is_client_error() || answer.status().is_server_error();
    if !is_refused || is_page(&answer) {
        return answer;
    }
    let Ok(mut page) = nowhere.oneshot(page).await;
    *page.status_mut() = answer.status();
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = answer.headers().get(&name) {
            page.headers_mut().insert(name, value.clone());
        }
    }
    page
}

fn is_page(answer: &Response) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// Sends a reader on whom a page sends on. Leptos (`leptos_axum` 0.8.10) only says so in the status to whoever asks for HTML by
/// its name; to others the answer would be 200, with an address to go to.
pub async fn is_followed(request: Request, next: Next) -> Response {
    let opens_page = request.method() == Method::GET;
    let mut answer = next.run(request).await;
    if opens_page && answer.status() == StatusCode::OK && answer.headers().contains_key(header::LOCATION) {
        *answer.status_mut() = StatusCode::FOUND;
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_behind_a_link_is_left_out() {
        for (sent, read) in [
            ("/activate/a?x=%ff", Some("/activate/a")),
            ("/activate/a?x=%ff&lang=it&y=%00", Some("/activate/a?lang=it")),
            ("/activate/a/join/b?lang=%ff", Some("/activate/a/join/b")),
            ("/activate/a?lang=it", None),
            ("/activate/a", None),
            ("/hub/users?q=%ff", None),
        ] {
            assert_eq!(readable_link(&Uri::from_static(sent)).map(|uri| uri.to_string()).as_deref(), read, "{sent}");
        }
    }
}
