//! From which network a request comes: what tries are counted by.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use app::backend::ClientAddress;
use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use domain::Network;

/// Only this header is read: whoever believed `Forwarded` (RFC 7239) as well would believe the one that the proxy does
/// not write, which is the client's to invent.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// How many of our own proxies a request passes, one behind the other. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Proxies {
    hops: usize,
    told: Arc<AtomicBool>,
}

impl Proxies {
    /// So many; none if clients connect to this server themselves.
    #[must_use]
    pub fn new(hops: usize) -> Self {
        Self { hops, told: Arc::default() }
    }

    /// Says once that the setting does not fit what proxies send: then all their clients are counted as one, and a few
    /// who mistype their passwords lock everybody out.
    fn check(&self, peer: Option<IpAddr>, request: &Request) {
        let named = request.headers().contains_key(FORWARDED_FOR);
        let wrong = match self.hops {
            0 if named && peer.is_some_and(is_near) => "X-Forwarded-For is not read: is the setting missing?",
            0 => return,
            _ if !named && !request.method().is_safe() => {
                "a request came without X-Forwarded-For: does the proxy set it?"
            }
            _ => return,
        };
        if !self.told.swap(true, Ordering::Relaxed) {
            tracing::warn!(setting = "FLOWTHROUGH_TRUST_PROXY", "{wrong} Clients of a proxy are counted as one");
        }
    }
}

/// Notes the client's network for those who count tries.
pub async fn address(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip().to_canonical());
    proxies.check(peer, &request);
    let client = forwarded_for(request.headers(), proxies.hops).or(peer);
    request.extensions_mut().insert(ClientAddress(client.map_or(Network::UNKNOWN, Network::of)));
    next.run(request).await
}

/// Whom the outermost of our own proxies heard.
///
/// All header lines are one list (RFC 9110 §5.3), to which each proxy adds whom it heard: so the last `hops` entries are
/// our proxies' word, and what stands before them is the client's to invent. Where a proxy says no address (`unknown`,
/// an obfuscated name), the nearest one that is told counts.
pub(super) fn forwarded_for(headers: &HeaderMap, hops: usize) -> Option<IpAddr> {
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    // By bytes: one that is no text must not take the proxy's word behind it along.
    let entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    let entries = entries.map(<[u8]>::trim_ascii).filter(|entry| !entry.is_empty());
    entries.take(hops).filter_map(address_in).last()
}

/// The address in one entry: bare, in brackets, with a port, in quotes; proxies write it in all of these ways.
fn address_in(entry: &[u8]) -> Option<IpAddr> {
    let entry = str::from_utf8(entry).ok()?.trim_matches('"');
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    bare.parse().ok().or_else(|| Some(entry.parse::<SocketAddr>().ok()?.ip()))
}

/// Whether it is where one's own proxies stand.
fn is_near(peer: IpAddr) -> bool {
    match peer {
        IpAddr::V4(peer) => peer.is_loopback() || peer.is_private(),
        IpAddr::V6(peer) => peer.is_loopback() || peer.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn heard(hops: usize, lines: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).expect("a header's value"));
        }
        forwarded_for(&headers, hops).map(|address| address.to_string()).unwrap_or_default()
    }

    #[test]
    fn the_last_entry_of_all_lines_is_the_proxys_word() {
        assert_eq!(heard(1, &[b"203.0.113.9"]), "203.0.113.9");
        assert_eq!(heard(1, &[b"198.51.100.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(heard(1, &[b"198.51.100.1", b"203.0.113.9"]), "203.0.113.9", "HAProxy adds a line of its own");
        assert_eq!(heard(1, &[b"198.51.100.1, 10.0.0.1", b"", b"203.0.113.9, ,"]), "203.0.113.9");
        assert_eq!(heard(1, &[b"\xff\xfe", b"203.0.113.9"]), "203.0.113.9");
        assert_eq!(heard(1, &[b"\xff\"\xfe, 203.0.113.9"]), "203.0.113.9", "nginx adds to the client's line");
        assert_eq!((heard(0, &[b"203.0.113.9"]), heard(1, &[])), (String::new(), String::new()));
    }

    #[test]
    fn with_more_proxies_the_outermost_ones_word_counts() {
        let passed: &[&[u8]] = &[b"192.0.2.66", b"203.0.113.9, 10.0.0.2", b"10.0.0.1"];
        let told: Vec<String> = (1..=5).map(|hops| heard(hops, passed)).collect();
        assert_eq!(told, ["10.0.0.1", "10.0.0.2", "203.0.113.9", "192.0.2.66", "192.0.2.66"]);
    }

    #[test]
    fn an_address_is_read_in_whatever_way_proxies_write_it() {
        for (written, read) in [
            ("203.0.113.9:4711", "203.0.113.9"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("\"[2001:db8::1]:443\"", "2001:db8::1"),
            ("::ffff:203.0.113.9", "::ffff:203.0.113.9"),
        ] {
            assert_eq!(heard(1, &[written.as_bytes()]), read, "{written}");
        }
    }

    #[test]
    fn where_a_proxy_names_nobody_the_nearest_one_counts() {
        for nobody in ["unknown", "_hidden", "203.0.113.9:port", "203.0.113.999", "for=203.0.113.9", "[::1", "1"] {
            assert_eq!(heard(1, &[b"198.51.100.1", nobody.as_bytes()]), "", "{nobody}: not the client's word");
            assert_eq!(heard(2, &[nobody.as_bytes(), b"10.0.0.2"]), "10.0.0.2", "{nobody}");
        }
    }
}
