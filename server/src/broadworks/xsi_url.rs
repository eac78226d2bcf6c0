//! The address of an Xsi-Actions interface, as somebody entered it.

use std::fmt;

use domain::BroadWorksId;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use crate::outbound::{Address, BadAddress, Reach};

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

impl XsiUrl {
    /// Parses what an administrator entered. What people paste behind it, `/com.broadsoft.xsi-actions` and the rest of a
    /// request, is taken off.
    ///
    /// `reach` is the operator's settings: which hosts there may be, and whether BroadWorks may stand in the same network.
    /// A name that leads to a private address is refused when the client connects, not here.
    ///
    /// # Errors
    /// [`BadAddress`] says what is wrong.
    pub fn parse(typed: &str, reach: &Reach) -> Result<Self, BadAddress> {
        let mut address = Address::parse(typed.trim())?;
        take_off_interface(address.url_mut());
        let address = address.bare()?.within(reach)?;
        Ok(Self { private: address.is_private(), url: address.into_url() })
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
            assert_eq!(XsiUrl::parse(typed, &Reach::default()).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn refuses_addresses_that_are_insecure_private_or_more_than_an_address() {
        for (typed, why) in [
            ("", BadAddress::Malformed),
            ("xsp.example.com", BadAddress::Malformed),
            ("https://user:pass@xsp.example.com", BadAddress::Malformed),
            ("https://xsp.example.com/?a=b", BadAddress::Malformed),
            ("https://xsp.example.com/#a", BadAddress::Malformed),
            ("http://xsp.example.com", BadAddress::Insecure),
            ("ftp://xsp.example.com", BadAddress::Insecure),
            ("http://127.0.0.1", BadAddress::Insecure),
            ("https://127.0.0.1", BadAddress::Private),
            ("https://0x7f.1", BadAddress::Private),
            ("https://2130706433", BadAddress::Private),
            ("https://10.1.2.3", BadAddress::Private),
            ("https://169.254.169.254", BadAddress::Private),
            ("https://[::1]", BadAddress::Private),
            ("https://[::ffff:10.0.0.1]", BadAddress::Private),
            ("https://localhost", BadAddress::Private),
        ] {
            assert_eq!(XsiUrl::parse(typed, &Reach::default()), Err(why), "{typed}");
        }
    }

    #[test]
    fn private_networks_can_be_allowed_but_plain_http_only_on_this_machine() {
        for typed in ["https://10.1.2.3", "http://127.0.0.1:3001", "http://localhost:3001", "http://[::1]:3001"] {
            assert!(XsiUrl::parse(typed, &Reach::everywhere()).is_ok(), "{typed}");
        }
        for typed in ["http://10.1.2.3", "http://xsp.example.com"] {
            assert_eq!(XsiUrl::parse(typed, &Reach::everywhere()), Err(BadAddress::Insecure), "{typed}");
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
            assert_eq!(
                XsiUrl::parse(pasted, &Reach::default()).unwrap().as_str(),
                "https://xsp.example.com",
                "{pasted}"
            );
        }
        let behind_a_proxy = "https://xsp.example.com:8443/proxy/com.broadsoft.xsi-actions/v2.0";
        assert_eq!(
            XsiUrl::parse(behind_a_proxy, &Reach::default()).unwrap().as_str(),
            "https://xsp.example.com:8443/proxy"
        );
        let ann = BroadWorksId::parse("ann@sp.example").unwrap();
        assert_eq!(
            XsiUrl::parse(behind_a_proxy, &Reach::default()).unwrap().of(&ann, "profile").unwrap(),
            "https://xsp.example.com:8443/proxy/com.broadsoft.xsi-actions/v2.0/user/ann@sp.example/profile"
        );
        for (wrong, why) in [
            ("http://xsp.example.com/com.broadsoft.xsi-actions/v2.0", BadAddress::Insecure),
            ("https://ann:secret@xsp.example.com/com.broadsoft.xsi-actions/v2.0", BadAddress::Malformed),
            ("/com.broadsoft.xsi-actions/v2.0", BadAddress::Malformed),
        ] {
            assert_eq!(XsiUrl::parse(wrong, &Reach::default()), Err(why), "{wrong}");
        }
    }
}
