//! From which network address a request comes: what tries are counted by.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use app::backend::ClientAddress;
use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};

/// Whether `X-Forwarded-For` is set by an own proxy.
#[derive(Clone, Copy, Debug)]
pub struct Trust(pub bool);

/// Notes the client's address for those who count tries.
pub async fn address(State(Trust(trusted)): State<Trust>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    // The last entry is the one that our own proxy wrote; the ones before it are the client's to invent.
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .filter(|_| trusted)
        .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    let address = forwarded.or(peer).unwrap_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
    request.extensions_mut().insert(ClientAddress(network(address)));
    next.run(request).await
}

/// What one household or phone holds: an IPv4 address, or the /64 that an IPv6 client can wander through.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_clients_are_counted_by_their_network() {
        let of = |text: &str| network(text.parse().expect("an address")).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(of("192.0.2.1"), "192.0.2.1");
    }
}
