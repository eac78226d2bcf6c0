//! An address to which something is sent that is not for everybody: a password, a token, whose status has changed.

use std::net::IpAddr;

use url::{Host, Url};

use super::{Reach, network::is_public};

/// A web address with a host and without credentials in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    url: Url,
    local: bool,
    private: bool,
}

/// Why nothing is sent to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// Not a URL with a host, or one that holds what does not belong there.
    #[error("not a plain web address")]
    Malformed,
    /// What is sent there is nobody else's business.
    #[error("the address must begin with https://")]
    Insecure,
    /// It points into the server's own network.
    #[error("the address lies in a private network")]
    Private,
    /// The operator has named the hosts that may be reached, and it is none of them.
    #[error("the host is none of those that may be reached (FLOWTHROUGH_OUTGOING_HOSTS)")]
    Unlisted,
}

impl Address {
    /// Reads what somebody entered.
    ///
    /// # Errors
    /// [`BadAddress::Malformed`] if it is no URL with a host, or holds credentials.
    pub fn parse(text: &str) -> Result<Self, BadAddress> {
        let url = Url::parse(text).map_err(|_| BadAddress::Malformed)?;
        let (local, private) = match url.host().ok_or(BadAddress::Malformed)? {
            Host::Ipv4(address) => (address.is_loopback(), !is_public(IpAddr::V4(address))),
            Host::Ipv6(address) => (address.is_loopback(), !is_public(IpAddr::V6(address))),
            Host::Domain(name) => (name == "localhost", name == "localhost" || name.ends_with(".localhost")),
        };
        if url.username().is_empty() && url.password().is_none() {
            Ok(Self { url, local, private })
        } else {
            Err(BadAddress::Malformed)
        }
    }

    /// The same without slashes at its end: something is going to be put behind it.
    ///
    /// # Errors
    /// [`BadAddress::Malformed`] if there is a query or a fragment already.
    pub fn bare(mut self) -> Result<Self, BadAddress> {
        if self.url.query().is_some() || self.url.fragment().is_some() {
            return Err(BadAddress::Malformed);
        }
        let path = self.url.path().trim_end_matches('/').to_owned();
        self.url.set_path(&path);
        Ok(self)
    }

    /// The same, if nobody on the way can read what is sent: over https, or over plain http to this very machine.
    ///
    /// # Errors
    /// [`BadAddress::Insecure`] otherwise.
    pub fn encrypted(self) -> Result<Self, BadAddress> {
        match self.url.scheme() {
            "https" => Ok(self),
            "http" if self.local => Ok(self),
            _ => Err(BadAddress::Insecure),
        }
    }

    /// The same, if it is [encrypted](Self::encrypted) and leads where the operator's settings let it lead:
    /// unless they say otherwise, out into the world.
    ///
    /// A name that leads to a private address is refused when a [guarded client](super::guarded_client) connects, not here.
    ///
    /// # Errors
    /// [`BadAddress::Insecure`], [`BadAddress::Private`] or [`BadAddress::Unlisted`].
    pub fn within(self, reach: &Reach) -> Result<Self, BadAddress> {
        let address = self.encrypted()?;
        if !reach.is_private() && address.url.scheme() != "https" {
            return Err(BadAddress::Insecure);
        }
        if !reach.is_private() && address.private {
            return Err(BadAddress::Private);
        }
        if reach.includes(&address.url) { Ok(address) } else { Err(BadAddress::Unlisted) }
    }

    /// Whether it names a private network.
    #[must_use]
    pub const fn is_private(&self) -> bool {
        self.private
    }

    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// The address, to change what stands behind the host.
    pub(crate) const fn url_mut(&mut self) -> &mut Url {
        &mut self.url
    }

    /// The address alone.
    #[must_use]
    pub fn into_url(self) -> Url {
        self.url
    }
}
