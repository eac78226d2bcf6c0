//! The name that we give to a mail server in EHLO.

use std::{fmt, net::IpAddr};

use lettre::transport::smtp::extension::ClientId;
use url::{Host, Url};

/// A full name or an address literal (RFC 5321 §4.1.1.1, §4.1.4): strict servers refuse anything else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hello(ClientId);

/// Not a name that a mail server would accept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither a full host name nor an address")]
pub struct BadHello;

impl Hello {
    /// A name such as `activate.example.com`, or an address such as `192.0.2.1`, `[192.0.2.1]` or `[IPv6:2001:db8::1]`.
    ///
    /// # Errors
    /// [`BadHello`] if it is neither, or a name without a dot.
    pub fn parse(typed: &str) -> Result<Self, BadHello> {
        let bare = typed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(typed);
        let address = bare.get(..5).filter(|tag| tag.eq_ignore_ascii_case("ipv6:")).map_or(bare, |_| &bare[5..]);
        match address.parse() {
            Ok(IpAddr::V4(address)) => return Ok(Self(ClientId::Ipv4(address))),
            Ok(IpAddr::V6(address)) => return Ok(Self(ClientId::Ipv6(address))),
            Err(_) => {}
        }
        match Host::parse(typed) {
            Ok(Host::Domain(name)) if is_full(&name) => Ok(Self(ClientId::Domain(name))),
            _ => Err(BadHello),
        }
    }

    /// The host of this address; the loopback address if that has no full name.
    #[must_use]
    pub fn of_url(url: &str) -> Self {
        let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
        host.and_then(|host| Self::parse(&host).ok()).unwrap_or(Self(ClientId::Ipv4([127, 0, 0, 1].into())))
    }

    pub(super) const fn client_id(&self) -> &ClientId {
        &self.0
    }
}

impl fmt::Display for Hello {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn is_full(name: &str) -> bool {
    let label = |label: &str| {
        let inside = label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        inside && !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
    };
    name.contains('.') && name.len() <= 253 && name.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_name_or_an_address_is_taken() {
        for (typed, said) in [
            ("activate.example.com", "activate.example.com"),
            ("Activate.Example.COM", "activate.example.com"),
            ("портал.пример.бг", "xn--80awhdgm.xn--e1afmkfd.xn--90ae"),
            ("192.0.2.1", "[192.0.2.1]"),
            ("[192.0.2.1]", "[192.0.2.1]"),
            ("2001:db8::1", "[IPv6:2001:db8::1]"),
            ("[2001:db8::1]", "[IPv6:2001:db8::1]"),
            ("[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]"),
        ] {
            assert_eq!(Hello::parse(typed).map(|hello| hello.to_string()), Ok(said.to_owned()), "{typed}");
        }
        for typed in ["", "activate", "localhost", "a b.example", "a..example", "-a.example", "a_b.example", "a\r\nb.c"]
        {
            assert_eq!(Hello::parse(typed), Err(BadHello), "{typed}");
        }
    }

    #[test]
    fn without_a_setting_it_is_the_host_of_the_public_url() {
        for (url, said) in [
            ("https://activate.example.com", "activate.example.com"),
            ("https://activate.example.com:8443/base", "activate.example.com"),
            ("http://192.0.2.1:3000", "[192.0.2.1]"),
            ("http://[::1]:3000", "[IPv6:::1]"),
            ("http://localhost:3000", "[127.0.0.1]"),
            ("http://activate", "[127.0.0.1]"),
        ] {
            assert_eq!(Hello::of_url(url).to_string(), said, "{url}");
        }
    }
}
