//! The hub at a host of its own, where the operator has given it one (OWASP ASVS 5.0, 3.5.4): a browser then keeps apart what a
//! page of the portal and a page of the hub may do, whatever is wrong with one of them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::host::{self, Named};

/// What the hub has to itself.
const HUB: [&str; 2] = ["/hub", "/api/hub"];
/// What the hub's host does not answer. Everything else, the browser's files and templates' logos, is found at both.
const OTHERS: [&str; 5] = ["/activate", "/app", "/api/portal", "/v1", "/adapter"];

/// Where portal and API, and where the hub are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hosts(Option<Arc<Addresses>>);

#[derive(Debug)]
struct Addresses {
    public_url: String,
    hub_url: String,
    hub: Option<String>,
}

impl Hosts {
    /// These addresses, without a slash at their ends; the same one, if the hub has no host of its own.
    #[must_use]
    pub fn new(public_url: &str, hub_url: &str) -> Self {
        let hub = host::of(hub_url);
        let addresses = Addresses { public_url: public_url.to_owned(), hub_url: hub_url.to_owned(), hub };
        Self((public_url != hub_url).then(|| Arc::new(addresses)))
    }
}

/// Sends whoever opens a page of the one at the other's host on to it (308), and refuses everything else there. The machine itself,
/// where whoever runs the server asks, has both. Only behind [`super::host::known`].
pub async fn keep(State(Hosts(apart)): State<Hosts>, request: Request, next: Next) -> Response {
    let (Some(addresses), Some(named)) = (apart, request.extensions().get::<Named>()) else {
        return next.run(request).await;
    };
    let (path, at_hub) = (request.uri().path(), addresses.hub.as_ref() == Some(named.host()));
    let is_here = match at_hub {
        true => path != "/" && !is_of(path, &OTHERS),
        false => !is_hubs(path) || named.is_this_machine(),
    };
    if is_here {
        return next.run(request).await;
    }
    let elsewhere = match at_hub {
        true if path == "/" => Some(format!("{}/hub", addresses.hub_url)),
        true => at(&addresses.public_url, request.uri()),
        false => at(&addresses.hub_url, request.uri()),
    };
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    match elsewhere.filter(|_| reads).and_then(|to| HeaderValue::try_from(to).ok()) {
        Some(to) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, to)]).into_response(),
        None => {
            (StatusCode::MISDIRECTED_REQUEST, "The hub has a host of its own, and this is not its.\n").into_response()
        }
    }
}

fn at(address: &str, uri: &Uri) -> Option<String> {
    Some(format!("{address}{}", uri.path_and_query()?))
}

/// Whether a path belongs to the hub.
pub(super) fn is_hubs(path: &str) -> bool {
    is_of(path, &HUB)
}

fn is_of(path: &str, roots: &[&str]) -> bool {
    let below = |root: &&str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    roots.iter().any(below)
}
