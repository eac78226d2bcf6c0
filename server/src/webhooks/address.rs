//! Where a webhook may lead: out into the world, not into the network that the server stands in.

use domain::Fault;
use url::Url;

use crate::outbound::{Address, BadAddress, Reach};

/// The most characters that an address may have.
const LONGEST: usize = 2_000;

/// An address that may receive webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookUrl(Url);

impl WebhookUrl {
    /// Parses what a client asks for.
    ///
    /// `reach` is the operator's settings: which hosts there may be, and whether private networks' addresses pass. A name that leads to a private address is refused when the messenger connects, not here.
    ///
    /// # Errors
    /// [`Fault::InvalidParameterSize`], [`Fault::WebhookAddressRefused`] or [`Fault::WebhookHostUnlisted`].
    pub fn parse(typed: &str, reach: &Reach) -> Result<Self, Fault> {
        if typed.len() > LONGEST {
            return Err(Fault::InvalidParameterSize);
        }
        let address = Address::parse(typed.trim()).and_then(|address| address.within(reach));
        let url = address.map_err(refused)?.into_url();
        if url.fragment().is_none() { Ok(Self(url)) } else { Err(Fault::WebhookAddressRefused) }
    }

    /// The address as it is kept.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

fn refused(why: BadAddress) -> Fault {
    match why {
        BadAddress::Unlisted => Fault::WebhookHostUnlisted,
        BadAddress::Malformed | BadAddress::Insecure | BadAddress::Private => Fault::WebhookAddressRefused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_world_is_told_unless_the_operator_says_otherwise() {
        for public in ["https://hooks.acme.com/a?token=b", "https://1.1.1.1:8443/"] {
            assert!(WebhookUrl::parse(public, &Reach::default()).is_ok(), "{public}");
        }
        for private in ["https://10.0.0.1/", "https://localhost/", "http://127.0.0.1:8080/", "https://[::1]/"] {
            assert_eq!(WebhookUrl::parse(private, &Reach::default()), Err(Fault::WebhookAddressRefused), "{private}");
            assert!(WebhookUrl::parse(private, &Reach::everywhere()).is_ok(), "{private}");
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
            assert_eq!(WebhookUrl::parse(never, &Reach::everywhere()), Err(Fault::WebhookAddressRefused), "{never}");
        }
        // What looks like a name and is an address (WHATWG URL §4.5).
        assert_eq!(WebhookUrl::parse("https://0x7f.1/", &Reach::default()), Err(Fault::WebhookAddressRefused));
        assert_eq!(WebhookUrl::parse("https://2130706433/", &Reach::default()), Err(Fault::WebhookAddressRefused));
    }
}
