//! For which host a request is (RFC 9110 §7.2): exactly one, and one of ours.
//!
//! Whoever has a name of theirs lead here could otherwise read our pages as if they were their own (DNS rebinding).

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{StatusCode, Version, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

/// The hosts that this server answers for, beside the machine itself. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Hosts(Arc<[String]>);

impl Hosts {
    /// The hosts of our own addresses, and those that the operator added.
    #[must_use]
    pub fn new(addresses: &[&str], more: &[String]) -> Self {
        let own = addresses.iter().filter_map(|address| of(address));
        Self(own.chain(more.iter().cloned()).collect())
    }

    fn know(&self, host: &str) -> bool {
        self.0.iter().any(|known| known == host) || is_this_machine(host)
    }
}

/// The host of an address.
pub(super) fn of(address: &str) -> Option<String> {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().and_then(host)
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || {
        let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        address.is_ok_and(|address| address.to_canonical().is_loopback())
    }
}

/// The host in `host` or `host:port`, in the form in which two are compared; nothing if it is none.
#[must_use]
pub fn host(text: &str) -> Option<String> {
    let authority: Authority = text.parse().ok()?;
    let host = authority.host();
    let port = authority.as_str().strip_prefix(host)?;
    let port_is_one = port.is_empty() || port == ":" || authority.port_u16().is_some();
    let host = host.strip_suffix('.').unwrap_or(host);
    // Brackets are an IPv6 address's, around all of it.
    let is_one = !host.contains(['[', ']']) || host.starts_with('[') && host.ends_with(']');
    (port_is_one && is_one && !host.is_empty() && !host.ends_with('.')).then(|| host.to_ascii_lowercase())
}

/// The host of a request that names one.
#[derive(Clone)]
pub(super) struct Named(String);

impl Named {
    /// In the form in which two are compared.
    pub(super) const fn host(&self) -> &String {
        &self.0
    }

    /// Whether it is the machine on which this server runs.
    pub(super) fn is_this_machine(&self) -> bool {
        is_this_machine(&self.0)
    }
}

/// Refuses a request that names no host, or more than one. HTTP/1.0 knew none.
pub async fn one(mut request: Request, next: Next) -> Response {
    let target = request.uri().authority().map(|authority| host(authority.as_str()));
    let headers = request.headers().get_all(header::HOST).iter();
    let headers: Vec<_> = headers.map(|value| value.to_str().ok().and_then(host)).collect();
    let named = match (&target, headers.as_slice()) {
        (Some(Some(host)), [] | [Some(_)]) => Some(host.clone()),
        (None, [Some(host)]) => Some(host.clone()),
        (None, []) if request.version() < Version::HTTP_11 => None,
        _ => return (StatusCode::BAD_REQUEST, "A request names one host.\n").into_response(),
    };
    if let Some(named) = named {
        request.extensions_mut().insert(Named(named));
    }
    next.run(request).await
}

/// Refuses a host that is not ours. Only behind [`one`].
pub async fn known(State(hosts): State<Hosts>, request: Request, next: Next) -> Response {
    match request.extensions().get::<Named>() {
        Some(Named(host)) if hosts.know(host) => next.run(request).await,
        Some(_) => (
            StatusCode::MISDIRECTED_REQUEST,
            "This server does not answer for this host. Whoever runs it can say that it does: FLOWTHROUGH_HOSTS.\n",
        )
            .into_response(),
        None => (StatusCode::BAD_REQUEST, "A request names one host.\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_by_name() {
        let hosts = Hosts::new(&["https://Activate.example.com:8443/sub"], &["inner".to_owned()]);
        for own in [
            "activate.example.com",
            "ACTIVATE.example.com.:443",
            "inner:3000",
            "localhost:3000",
            "127.0.0.1",
            "127.1.2.3:80",
            "[::1]:3000",
            "[::ffff:127.0.0.1]",
        ] {
            assert!(host(own).is_some_and(|host| hosts.know(&host)), "{own}");
        }
        for other in ["evil.example", "activate.example.com.evil.example", "evil-localhost", "10.0.0.1", "[::2]"] {
            assert!(!hosts.know(&host(other).expect(other)), "{other}");
        }
    }

    #[test]
    fn what_is_no_host_is_none() {
        for wrong in [
            "",
            " ",
            "a b",
            "'[::1]:80",
            ".a[::1]",
            "user@activate.example.com",
            "a/b",
            ":80",
            "a:99999",
            "a:b",
            "a,b\u{e9}",
            ".",
            "a..",
        ] {
            assert_eq!(host(wrong), None, "{wrong:?}");
        }
    }
}
