//! The portal's first page, which is the same for everybody who opens a share link and is not signed in: made once, sent to many.
//!
//! Nobody's data can be in it: it is made for a request of nobody, of what the template says and a language alone. And it cannot be
//! old: it is kept under all that it is made of, and what the template says is read for every request. So nothing has to be
//! dropped, on this server or another, when a template changes; what nobody sees any more makes room in time.

use std::{
    collections::{HashMap, VecDeque},
    convert::Infallible,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use app::{
    frame::Branding,
    i18n::I18nLocaleTrait as _,
    portal::{Opening, PortalPage, PortalStep},
    visitor,
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::stream;
use sha2::{Digest as _, Sha256};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::compression::{CompressionLayer, CompressionLevel};

use crate::backend::Shared;

/// Where the portal's pages are.
const PORTAL: &str = "/activate/";
/// How much is kept, in bytes: some six hundred pages.
const ROOM: usize = 8 << 20;

/// What is kept, and what says how a template's page begins.
#[derive(Clone)]
pub struct FirstPages {
    context: Shared,
    kept: Arc<Mutex<Kept>>,
}

impl FirstPages {
    /// Nothing yet.
    #[must_use]
    pub fn new(context: &Shared) -> Self {
        Self { context: context.clone(), kept: Arc::default() }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All that a page is made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Made {
    /// The page's address, as it was asked for.
    path: String,
    branding: Branding,
    language: &'static str,
}

/// A page as it is sent.
#[derive(Clone)]
struct KeptPage {
    policy: HeaderValue,
    plain: Bytes,
    gzip: Bytes,
}

impl KeptPage {
    fn size(&self) -> usize {
        self.plain.len() + self.gzip.len()
    }

    fn answer(&self, gzip: bool) -> Response {
        let mut answer = Response::new(Body::from(if gzip { self.gzip.clone() } else { self.plain.clone() }));
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::CONTENT_SECURITY_POLICY, self.policy.clone());
        if gzip {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        }
        answer
    }
}

/// Pages by what they are made of, and the order in which they came.
#[derive(Default)]
struct Kept {
    pages: HashMap<Made, KeptPage>,
    order: VecDeque<Made>,
    bytes: usize,
}

impl Kept {
    fn keep(&mut self, made: Made, page: KeptPage) {
        self.bytes += page.size();
        if let Some(before) = self.pages.insert(made.clone(), page) {
            self.bytes -= before.size();
        } else {
            self.order.push_back(made);
        }
        while self.bytes > ROOM {
            let Some(oldest) = self.order.pop_front() else { break };
            self.bytes -= self.pages.remove(&oldest).map_or(0, |page| page.size());
        }
    }
}

/// Answers whoever opens a share link and is nobody yet with the page that is kept; makes and keeps it where there is none.
pub async fn keep(State(pages): State<FirstPages>, mut request: Request, next: Next) -> Response {
    let Some(share) = asked_by_anybody(&request) else { return next.run(request).await };
    let opening = pages.context.opening(share).await;
    let branding = match opening {
        Ok(Some(branding)) => branding,
        // Pages that say what is wrong are made for who asks.
        Ok(None) => return next.run(request).await,
        // Whoever has waited for the database does not wait again.
        Err(problem) => {
            let step = PortalStep::Unavailable(problem);
            request.extensions_mut().insert(Opening(PortalPage { branding: Branding::default(), step, flash: None }));
            return next.run(request).await;
        }
    };
    let language = visitor::language_of(request.headers()).as_str();
    let made = Made { path: request.uri().path().to_owned(), branding, language };
    let gzip = takes_gzip(request.headers());
    let kept = pages.kept().pages.get(&made).cloned();
    if let Some(page) = kept {
        return page.answer(gzip);
    }
    match page(next.run(of_nobody(&made, &request)).await).await {
        Ok(page) => {
            pages.kept().keep(made, page.clone());
            page.answer(gzip)
        }
        Err(answer) => answer,
    }
}

/// The share link's token, if it is a first page that is asked for, by a request that says nothing of who sends it.
fn asked_by_anybody(request: &Request) -> Option<&str> {
    let share = request.uri().path().strip_prefix(PORTAL)?;
    let is_plain = share.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    let is_page = *request.method() == Method::GET && request.uri().query().is_none();
    (is_plain && is_page && visitor::is_anybody(request.headers())).then_some(share)
}

/// The request of which the page is made: there is nothing in it that its sender has brought but the language.
fn of_nobody(made: &Made, asked: &Request) -> Request {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = asked.uri().clone();
    request.headers_mut().insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(made.language));
    let page = PortalPage { branding: made.branding.clone(), step: PortalStep::SignIn, flash: None };
    request.extensions_mut().insert(Opening(page));
    if let Some(route) = asked.extensions().get::<MatchedPath>() {
        request.extensions_mut().insert(route.clone());
    }
    request
}

/// Whether a client takes what is compressed as gladly as what is not. Whoever says it in another way is answered by the layer that
/// compresses everything else.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|encoding| encoding.trim() == "gzip")
}

/// The page to keep; or the answer as it is, where it is no such page.
async fn page(answer: Response) -> Result<KeptPage, Response> {
    if answer.status() != 200 || answer.headers().contains_key(header::SET_COOKIE) {
        return Err(answer);
    }
    let (head, body) = answer.into_parts();
    let html = match to_bytes(body, usize::MAX).await {
        Ok(html) => html,
        Err(error) => {
            return Err(Response::from_parts(head, Body::from_stream(stream::iter([Err::<Bytes, _>(error)]))));
        }
    };
    let policy = head.headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
    let text = std::str::from_utf8(&html).ok();
    let Some((policy, plain)) = policy.zip(text).and_then(|(policy, html)| for_many(policy, html)) else {
        return Err(Response::from_parts(head, Body::from(html)));
    };
    let plain = Bytes::from(plain);
    match compressed(plain.clone()).await {
        Ok(gzip) => Ok(KeptPage { policy, plain, gzip }),
        Err(_) => Err(Response::from_parts(head, Body::from(html))),
    }
}

/// A nonce is for one answer. What is sent to many names the scripts themselves, by their hashes: those that bear the nonce, so
/// those that the server wrote.
fn for_many(policy: &str, html: &str) -> Option<(HeaderValue, String)> {
    let (before, rest) = policy.split_once("'nonce-")?;
    let (nonce, after) = rest.split_once('\'')?;
    let mut hashes: Vec<String> = Vec::new();
    for marked in html.split(&format!(" nonce=\"{nonce}\"")).skip(1) {
        let (script, _) = marked.split_once('>')?.1.split_once("</script>")?;
        let hash = format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)));
        if !hashes.contains(&hash) {
            hashes.push(hash);
        }
    }
    let policy = HeaderValue::try_from(format!("{before}{}{after}", hashes.join(" "))).ok()?;
    Some((policy, html.replace(nonce, "")))
}

/// As everything else is compressed, but as well as can be: it is done once.
async fn compressed(page: Bytes) -> Result<Bytes, axum::Error> {
    let answer = service_fn(move |_: Request| {
        let page = page.clone();
        async move { Ok::<_, Infallible>(Response::new(Body::from(page))) }
    });
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    let compress = CompressionLayer::new().quality(CompressionLevel::Best).layer(answer);
    let Ok(answer) = compress.oneshot(request).await;
    to_bytes(Body::new(answer.into_body()), usize::MAX).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(name: usize) -> Made {
        Made { path: format!("/activate/{name}"), branding: Branding::default(), language: "en" }
    }

    fn page(size: usize) -> KeptPage {
        KeptPage { policy: HeaderValue::from_static(""), plain: vec![0; size].into(), gzip: Bytes::new() }
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut kept = Kept::default();
        for name in 0..10 {
            kept.keep(made(name), page(ROOM / 4));
            // Made twice at once.
            kept.keep(made(name), page(ROOM / 4));
        }
        assert_eq!((kept.pages.len(), kept.order.len(), kept.bytes), (4, 4, ROOM / 4 * 4));
        assert!(kept.pages.contains_key(&made(9)) && !kept.pages.contains_key(&made(5)));
        kept.keep(made(10), page(ROOM + 1));
        assert_eq!((kept.pages.len(), kept.order.len(), kept.bytes), (0, 0, 0));
    }

    #[test]
    fn scripts_that_bear_the_nonce_are_named_and_no_others() {
        let html = "<script nonce=\"n0\">one</script><script>evil</script><script type=\"module\" nonce=\"n0\">two</script>\
                    <link crossorigin=\"n0\"><script nonce=\"n0\">one</script>";
        let (policy, html) =
            for_many("default-src 'none'; script-src 'self' 'nonce-n0' 'wasm-unsafe-eval'", html).unwrap();
        let hash = |script: &str| STANDARD.encode(Sha256::digest(script));
        let (one, two) = (hash("one"), hash("two"));
        let expected =
            format!("default-src 'none'; script-src 'self' 'sha256-{one}' 'sha256-{two}' 'wasm-unsafe-eval'");
        assert_eq!(policy, expected);
        assert!(!html.contains("n0") && html.contains("<link crossorigin=\"\">"));
        assert_eq!(for_many("script-src 'self'", &html), None);
    }
}
