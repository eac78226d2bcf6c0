//! How far calls may reach to addresses that others have chosen.

use std::sync::Arc;

use url::{Host, Url};

/// What the operator's settings say of addresses that administrators and clients choose: BroadWorks', webhooks'. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    private: bool,
    hosts: Arc<[String]>,
}

impl Reach {
    /// `private` lets addresses of private networks pass, and plain http to this very machine. Of `hosts`, if there are any, one has
    /// to be it: `xsp.example.com`, or `*.example.com` for every name below that one.
    #[must_use]
    pub fn new(private: bool, hosts: &[String]) -> Self {
        Self { private, hosts: hosts.into() }
    }

    /// Everywhere, also to private networks and this very machine: where what is reached is the demo's, or a test's.
    #[must_use]
    pub fn everywhere() -> Self {
        Self::new(true, &[])
    }

    /// Whether private networks may be reached.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.private
    }

    /// Whether a host is named, or none has to be.
    pub(super) fn includes(&self, url: &Url) -> bool {
        let host = match url.host() {
            // A dot at the end makes it no other one.
            Some(Host::Domain(name)) => name.strip_suffix('.').unwrap_or(name).to_owned(),
            Some(address) => address.to_string(),
            None => return false,
        };
        self.hosts.is_empty() || self.hosts.iter().any(|named| is_named(&host, named))
    }
}

fn is_named(host: &str, named: &str) -> bool {
    match named.strip_prefix('*') {
        Some(end) => host.strip_suffix(end).is_some_and(|name| !name.is_empty()),
        None => host == named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_that_are_named_are_reached() {
        let named = ["xsp.example.com", "*.hooks.example", "192.0.2.7", "[2001:db8::7]"].map(str::to_owned);
        let reach = Reach::new(false, &named);
        let reaches = |url: &str| reach.includes(&Url::parse(url).unwrap());
        for url in [
            "https://xsp.example.com/xsi",
            "https://XSP.example.com.:8443",
            "https://a.hooks.example",
            "https://a.b.hooks.example",
            "https://192.0.2.7",
            "https://[2001:db8::7]/",
        ] {
            assert!(reaches(url), "{url}");
        }
        for url in [
            "https://example.com",
            "https://xsp.example.com.evil.example",
            "https://evilxsp.example.com",
            "https://hooks.example",
            "https://evilhooks.example",
            "https://.hooks.example",
            "https://192.0.2.8",
            "https://hooks.example@evil.example",
        ] {
            assert!(!reaches(url), "{url}");
            assert!(Reach::default().includes(&Url::parse(url).unwrap()), "{url}");
        }
    }
}
