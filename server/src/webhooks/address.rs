//! Where a webhook may lead: out into the world, not into the network that the server stands in.

use domain::Fault;
use url::Url;

use crate::outbound::Address;

/// The most characters that an address may have.
const LONGEST: usize = 2_000;

/// An address that may receive webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// Parses what a client asks for.
    ///
    /// `allow_private` is the operator's setting: it lets addresses of private networks pass, and plain http to this very
    /// machine. A name that leads to a private address is refused when the messenger connects, not here.
    ///
    /// # Errors
    /// [`Fault::InvalidParameterSize`] or [`Fault::WebhookAddressRefused`].
    pub fn parse(typed: &str, allow_private: bool) -> Result<Self, Fault> {
        if typed.len() > LONGEST {
            return Err(Fault::InvalidParameterSize);
        }
        let address = Address::parse(typed.trim()).and_then(|address| address.outside(allow_private));
        let url = address.map_err(|_| Fault::WebhookAddressRefused)?.into_url();
        if url.fragment().is_none() { Ok(Self(url)) } else { Err(Fault::WebhookAddressRefused) }
    }

    /// The address as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_world_is_told_unless_the_operator_says_otherwise() {
        for public in ["https://hooks.acme.com/a?token=b", "https://1.1.1.1:8443/"] {
            assert!(WebhookUrl::parse(public, false).is_ok(), "{public}");
        }
        for private in ["https://10.0.0.1/", "https://localhost/", "http://127.0.0.1:8080/", "https://[::1]/"] {
            assert_eq!(WebhookUrl::parse(private, false), Err(Fault::WebhookAddressRefused), "{private}");
            assert!(WebhookUrl::parse(private, true).is_ok(), "{private}");
        }
        for never in [
            "http://hooks.acme.com/",
            "http://10.0.0.1/",
            "ftp://127.0.0.1/",
            "https://user:pass@hooks.acme.com/",
            "https://hooks.acme.com/#a",
            "hooks.acme.com",
            "https://169.254.169.254.:99999/",
        ] {
            assert_eq!(WebhookUrl::parse(never, true), Err(Fault::WebhookAddressRefused), "{never}");
        }
        // What looks like a name and is an address (WHATWG URL §4.5).
        assert_eq!(WebhookUrl::parse("https://0x7f.1/", false), Err(Fault::WebhookAddressRefused));
        assert_eq!(WebhookUrl::parse("https://2130706433/", false), Err(Fault::WebhookAddressRefused));
    }
}
