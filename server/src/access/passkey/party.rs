//! For whom passkeys are made: the hub, by the name of its host.

use url::{Host, Url};
use webauthn_rp::request::{AsciiDomain, RpId};

/// The hub as browsers and authenticators know it.
#[derive(Debug)]
pub struct Party {
    /// The name of its host.
    pub id: RpId,
    /// From where alone an answer may come.
    pub origin: String,
}

impl Party {
    /// The hub at this address; nothing where browsers know no passkeys: without TLS, and at an address that has no name. This
    /// machine has one besides its address.
    #[must_use]
    pub fn of(hub_url: &str) -> Option<Self> {
        let mut url = Url::parse(hub_url).ok()?;
        let name = match url.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) if address.is_loopback() => LOCALHOST.to_owned(),
            Host::Ipv6(address) if address.is_loopback() => LOCALHOST.to_owned(),
            Host::Ipv4(_) | Host::Ipv6(_) => return None,
        };
        if url.scheme() != "https" && name != LOCALHOST {
            return None;
        }
        url.set_host(Some(&name)).ok()?;
        let id = RpId::Domain(AsciiDomain::try_from(name).ok()?);
        Some(Self { id, origin: url.origin().ascii_serialization() })
    }
}

const LOCALHOST: &str = "localhost";

#[cfg(test)]
mod tests {
    use super::*;

    fn party(url: &str) -> Option<(String, String)> {
        Party::of(url).map(|party| (party.id.into(), party.origin))
    }

    #[test]
    fn passkeys_are_for_the_name_of_the_hubs_host() {
        let known = |id: &str, origin: &str| Some((id.to_owned(), origin.to_owned()));
        assert_eq!(party("https://hub.example.com"), known("hub.example.com", "https://hub.example.com"));
        assert_eq!(party("https://Hub.example.com:8443"), known("hub.example.com", "https://hub.example.com:8443"));
        assert_eq!(party("https://bücher.example"), known("xn--bcher-kva.example", "https://xn--bcher-kva.example"));
        assert_eq!(party("http://127.0.0.1:3000"), known("localhost", "http://localhost:3000"));
        assert_eq!(party("http://[::1]:3000"), known("localhost", "http://localhost:3000"));
        assert_eq!(party("http://localhost"), known("localhost", "http://localhost"));
        for nowhere in ["https://192.0.2.7", "https://[2001:db8::1]", "http://hub.example.com", "hub"] {
            assert_eq!(party(nowhere), None, "{nowhere}");
        }
    }
}
