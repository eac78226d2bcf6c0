//! From where somebody comes, as tries are counted: by what one household or company holds, not by single addresses.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// The bits of an IPv6 address that name the network of one household or phone.
const HOUSEHOLD: u8 = 64;
/// The bits that name what a provider hands out to one customer at most (RFC 6177): 65,536 such networks.
const SITE: u8 = 48;
/// The bits of an address that stand before a client's IPv4 address where a translator has written it in IPv6 (RFC 6052 §2.1).
const TRANSLATED: u8 = 96;
/// What these bits are.
const TRANSLATOR: Ipv6Addr = Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0);

/// An IPv4 address, or the IPv6 network that a client can wander through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network {
    /// With nothing but zeros beyond the prefix.
    first: IpAddr,
    prefix: Option<u8>,
}

impl Network {
    /// Where requests come from whose address nobody knows.
    pub const UNKNOWN: Self = Self { first: IpAddr::V6(Ipv6Addr::UNSPECIFIED), prefix: Some(HOUSEHOLD) };

    /// What the holder of this address surely holds: an IPv4 address alone, of IPv6 the /64.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(address) => match translated(address) {
                Some(v4) => Self { first: v4.into(), prefix: None },
                None => Self::v6(address, HOUSEHOLD),
            },
            v4 => Self { first: v4, prefix: None },
        }
    }

    /// What the holder may hold besides: of IPv6 the /48. An IPv4 address has none, it is dear enough.
    #[must_use]
    pub fn site(self) -> Option<Self> {
        match self.first {
            IpAddr::V6(address) => Some(Self::v6(address, SITE)),
            IpAddr::V4(_) => None,
        }
    }

    fn v6(address: Ipv6Addr, prefix: u8) -> Self {
        let first = Ipv6Addr::from_bits(address.to_bits() & !(u128::MAX >> prefix));
        Self { first: IpAddr::V6(first), prefix: Some(prefix) }
    }
}

/// The IPv4 address of a client that reaches an IPv6 data centre through a translator (RFC 7755): all of them are in one /64.
fn translated(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [.., a, b, c, d] = address.octets();
    (Network::v6(address, TRANSLATED).first == TRANSLATOR).then(|| Ipv4Addr::new(a, b, c, d))
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.prefix {
            Some(prefix) => write!(f, "{}/{prefix}", self.first),
            None => self.first.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_clients_are_counted_by_their_network_and_its_site() {
        let of = |text: &str| Network::of(text.parse().expect("an address"));
        let shown = |network: Network| (network.to_string(), network.site().map(|site| site.to_string()));
        let site = || Some("2001:db8:1::/48".to_owned());
        assert_eq!(shown(of("2001:db8:1:2:3:4:5:6")), ("2001:db8:1:2::/64".to_owned(), site()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("2001:db8:1:2::1").site(), of("2001:db8:1:ffff::1").site());
        assert_eq!(shown(of("192.0.2.1")), ("192.0.2.1".to_owned(), None));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"), "IPv4 on a socket of both");
        assert_eq!(of("64:ff9b::c000:201"), of("192.0.2.1"), "IPv4 before a data centre of IPv6");
        assert_ne!(of("64:ff9b:1::c000:201"), of("192.0.2.1"));
        assert_eq!(of("::"), Network::UNKNOWN);
    }
}
