//! Which addresses are out in the world, and a resolver that knows no others.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Resolves names as the system does, minus the addresses that are not [public](is_public).
///
/// Checked at the moment of connecting and not before: a name may lead elsewhere the next time it is looked up.
pub struct PublicResolver;

/// A name that cannot be looked up or leads to nothing but private addresses. Which of them is not told apart: those who
/// choose a webhook's address shall not find out by it which names the operator's own network knows.
#[derive(Debug, thiserror::Error)]
#[error("the host's name cannot be looked up, or leads to no public address")]
struct NotPublic;

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0: the client replaces it by the URL's.
            let found = tokio::net::lookup_host((name.as_str(), 0)).await.map_err(|_| NotPublic)?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is reachable from everywhere and belongs to nobody's inner network.
///
/// The ranges of the IANA special-purpose address registries; `IpAddr::is_global` is not stable yet.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let this_network = a == 0;
    let carrier_nat = a == 100 && b & 0xc0 == 64;
    let protocol_assignments = (a, b, c) == (192, 0, 0);
    let benchmarking = a == 198 && b & 0xfe == 18;
    let reserved = a >= 240;
    !(this_network
        || carrier_nat
        || protocol_assignments
        || benchmarking
        || reserved
        || address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_multicast()
        || address.is_documentation())
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // An IPv4 address in disguise is judged as what it is: mapped (::ffff:0:0/96) or behind NAT64 (64:ff9b::/96).
    let segments = address.segments();
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    if let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = segments {
        return is_public_v4(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    }
    let global_unicast = segments[0] & 0xe000 == 0x2000;
    // 2001::/23 holds Teredo and other protocols, 2002::/16 is 6to4: both may wrap a private address.
    let protocol_assignments = segments[0] == 0x2001 && segments[1] < 0x200;
    let six_to_four = segments[0] == 0x2002;
    let documentation = segments[0] == 0x2001 && segments[1] == 0xdb8 || segments[0] == 0x3fff && segments[1] < 0x1000;
    global_unicast && !(protocol_assignments || six_to_four || documentation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_private_name_is_not_told_from_one_that_is_none() {
        let mut told = Vec::new();
        for name in ["localhost", "no-such-host.invalid"] {
            told.push(PublicResolver.resolve(name.parse().unwrap()).await.err().unwrap().to_string());
        }
        assert_eq!(told[0], told[1]);
    }

    #[test]
    fn tells_the_world_from_the_house() {
        for public in ["1.1.1.1", "100.63.0.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "64:ff9b::101:101"] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
        for private in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.8.8.8",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.8",
            "192.168.1.1",
            "198.19.0.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "ff02::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
    }
}
