//! The address of an Xsi-Actions interface, as somebody entered it.

use std::{fmt, net::IpAddr};

use domain::BroadWorksId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use super::network::is_public;

/// What every interface of BroadWorks' begins with, below the host's own part of the path.
const INTERFACE: &str = "/com.broadsoft.";
/// What may stand in a path as it is (RFC 3986 §3.3), minus `;`, which a servlet container takes for parameters.
const PATH_SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'@').remove(b'+');

/// The address of an Xsi-Actions interface, up to but without `/com.broadsoft.xsi-actions`.
#[derive(Clone, PartialEq, Eq)]
pub struct XsiUrl {
    url: Url,
    /// It was only accepted because private networks are allowed.
    pub(super) private: bool,
}

/// Why a text is not the address of an Xsi-Actions interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadXsiUrl {
    /// Not a URL with a host, or one that holds credentials, a query or a fragment.
    #[error("not a plain web address")]
    Malformed,
    /// Passwords are about to be sent there.
    #[error("the address must begin with https://")]
    Insecure,
    /// It points into the server's own network.
    #[error("the address lies in a private network")]
    Private,
}

impl XsiUrl {
    /// Parses what an administrator entered. What people paste behind it, `/com.broadsoft.xsi-actions` and the rest of a
    /// request, is taken off.
    ///
    /// `allow_private` is the operator's setting for a BroadWorks that stands in the same network, and for the demo's
    /// emulator: it lets addresses of private networks pass, and plain http to this very machine.
    /// A name that leads to a private address is refused when the client connects, not here.
    ///
    /// # Errors
    /// [`BadXsiUrl`] says what is wrong.
    pub fn parse(typed: &str, allow_private: bool) -> Result<Self, BadXsiUrl> {
        let mut url = Url::parse(typed.trim()).map_err(|_| BadXsiUrl::Malformed)?;
        take_off_interface(&mut url);
        let host = url.host().ok_or(BadXsiUrl::Malformed)?;
        let (here, private_host) = match host {
            Host::Ipv4(address) => (address.is_loopback(), !is_public(IpAddr::V4(address))),
            Host::Ipv6(address) => (address.is_loopback(), !is_public(IpAddr::V6(address))),
            Host::Domain(name) => (name == "localhost", name == "localhost" || name.ends_with(".localhost")),
        };
        let plain = url.username().is_empty() && url.password().is_none();
        if !plain || url.query().is_some() || url.fragment().is_some() {
            return Err(BadXsiUrl::Malformed);
        }
        match url.scheme() {
            "https" => {}
            "http" if here && allow_private => {}
            _ => return Err(BadXsiUrl::Insecure),
        }
        if private_host && !allow_private {
            return Err(BadXsiUrl::Private);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&path);
        Ok(Self { url, private: private_host })
    }

    /// The address as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    /// Where something of a user's is; nothing, if no address can name the user: `.` and `..` are no path segments,
    /// and BroadWorks knows no user of that name.
    pub(super) fn of(&self, user: &BroadWorksId, what: &str) -> Option<String> {
        if matches!(user.as_str(), "." | "..") {
            return None;
        }
        let user = utf8_percent_encode(user.as_str(), PATH_SEGMENT);
        Some(self.below(&format!("user/{user}/{what}")))
    }

    /// Where something of the interface's is.
    pub(super) fn below(&self, what: &str) -> String {
        format!("{}/com.broadsoft.xsi-actions/v2.0/{what}", self.as_str())
    }
}

fn take_off_interface(url: &mut Url) {
    // Lower case in ASCII leaves every byte where it is.
    let Some(at) = url.path().to_ascii_lowercase().find(INTERFACE) else { return };
    let before = url.path()[..at].to_owned();
    url.set_path(&before);
    url.set_query(None);
    url.set_fragment(None);
}

impl fmt::Debug for XsiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("XsiUrl").field(&self.as_str()).finish()
    }
}

#[cfg(test)]
impl XsiUrl {
    /// An address that is believed to lead out into the world.
    pub(super) fn of_the_world(url: &str) -> Self {
        Self { url: Url::parse(url).expect("a URL"), private: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_addresses_out_in_the_world() {
        for (typed, kept) in [
            ("https://xsp.example.com", "https://xsp.example.com"),
            (" https://XSP.example.com:8443/ ", "https://xsp.example.com:8443"),
            ("https://xsp.example.com/proxy/", "https://xsp.example.com/proxy"),
            ("https://1.1.1.1", "https://1.1.1.1"),
        ] {
            assert_eq!(XsiUrl::parse(typed, false).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn refuses_addresses_that_are_insecure_private_or_more_than_an_address() {
        for (typed, why) in [
            ("", BadXsiUrl::Malformed),
            ("xsp.example.com", BadXsiUrl::Malformed),
            ("https://user:pass@xsp.example.com", BadXsiUrl::Malformed),
            ("https://xsp.example.com/?a=b", BadXsiUrl::Malformed),
            ("https://xsp.example.com/#a", BadXsiUrl::Malformed),
            ("http://xsp.example.com", BadXsiUrl::Insecure),
            ("ftp://xsp.example.com", BadXsiUrl::Insecure),
            ("http://127.0.0.1", BadXsiUrl::Insecure),
            ("https://127.0.0.1", BadXsiUrl::Private),
            ("https://0x7f.1", BadXsiUrl::Private),
            ("https://2130706433", BadXsiUrl::Private),
            ("https://10.1.2.3", BadXsiUrl::Private),
            ("https://169.254.169.254", BadXsiUrl::Private),
            ("https://[::1]", BadXsiUrl::Private),
            ("https://[::ffff:10.0.0.1]", BadXsiUrl::Private),
            ("https://localhost", BadXsiUrl::Private),
        ] {
            assert_eq!(XsiUrl::parse(typed, false), Err(why), "{typed}");
        }
    }

    #[test]
    fn private_networks_can_be_allowed_but_plain_http_only_on_this_machine() {
        for typed in ["https://10.1.2.3", "http://127.0.0.1:3001", "http://localhost:3001", "http://[::1]:3001"] {
            assert!(XsiUrl::parse(typed, true).is_ok(), "{typed}");
        }
        for typed in ["http://10.1.2.3", "http://xsp.example.com"] {
            assert_eq!(XsiUrl::parse(typed, true), Err(BadXsiUrl::Insecure), "{typed}");
        }
    }

    #[test]
    fn what_is_pasted_behind_the_address_is_taken_off() {
        for pasted in [
            "https://xsp.example.com/com.broadsoft.xsi-actions",
            "https://xsp.example.com/com.broadsoft.xsi-actions/",
            "https://xsp.example.com/com.broadsoft.xsi-actions/v2.0",
            "https://xsp.example.com/com.broadsoft.xsi-actions/v2.0/",
            "https://xsp.example.com/com.broadsoft.xsi-actions/v2.0/user/ann@sp.example/profile",
            "https://xsp.example.com/com.broadsoft.xsi-actions/v2.0/user/ann@sp.example/directories/Group?start=1#top",
            " HTTPS://XSP.Example.COM/COM.BroadSoft.XSI-Actions/V2.0 ",
            "https://xsp.example.com//com.broadsoft.xsi-actions/v2.0",
            "https://xsp.example.com/com.broadsoft.xsi-events/v2.0",
            "https://xsp.example.com/com.broadsoft.async/com.broadsoft.xsi-actions/v2.0",
        ] {
            assert_eq!(XsiUrl::parse(pasted, false).unwrap().as_str(), "https://xsp.example.com", "{pasted}");
        }
        let behind_a_proxy = "https://xsp.example.com:8443/proxy/com.broadsoft.xsi-actions/v2.0";
        assert_eq!(XsiUrl::parse(behind_a_proxy, false).unwrap().as_str(), "https://xsp.example.com:8443/proxy");
        let ann = BroadWorksId::parse("ann@sp.example").unwrap();
        assert_eq!(
            XsiUrl::parse(behind_a_proxy, false).unwrap().of(&ann, "profile").unwrap(),
            "https://xsp.example.com:8443/proxy/com.broadsoft.xsi-actions/v2.0/user/ann@sp.example/profile"
        );
        for (wrong, why) in [
            ("http://xsp.example.com/com.broadsoft.xsi-actions/v2.0", BadXsiUrl::Insecure),
            ("https://ann:secret@xsp.example.com/com.broadsoft.xsi-actions/v2.0", BadXsiUrl::Malformed),
            ("/com.broadsoft.xsi-actions/v2.0", BadXsiUrl::Malformed),
        ] {
            assert_eq!(XsiUrl::parse(wrong, false), Err(why), "{wrong}");
        }
    }
}
