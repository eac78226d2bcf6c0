//! Xsi-Actions, the HTTP interface of BroadWorks for its users: checks credentials by asking for the user's profile.

use std::{error::Error, fmt, net::IpAddr, time::Duration};

use domain::{BroadWorksId, SpEnterpriseId, subscriber::bounded};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::{Client, Response, StatusCode, Url, header, redirect};
use serde::Deserialize;
use url::Host;

use super::network::{PublicResolver, is_public};

/// Where a user's profile is, below the user.
pub(super) const PROFILE: &str = "profile";
/// The namespace of every Xsi document.
pub(super) const NAMESPACE: &str = "http://schema.broadsoft.com/xsi";
/// A profile has a few hundred bytes; whoever sends more than this is not BroadWorks.
const LARGEST_ANSWER: usize = 256 * 1024;
/// The longest name that is taken over; BroadWorks itself stops at 30 characters.
const LONGEST_NAME: usize = 100;
/// What may stand in a path as it is (RFC 3986 §3.3), minus `;`, which a servlet container takes for parameters.
const PATH_SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'@').remove(b'+');

/// The address of an Xsi-Actions interface, up to but without `/com.broadsoft.xsi-actions`.
#[derive(Clone, PartialEq, Eq)]
pub struct XsiUrl {
    url: Url,
    /// It was only accepted because private networks are allowed.
    private: bool,
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
    /// Parses what an administrator entered.
    ///
    /// `allow_private` is the operator's setting for a BroadWorks that stands in the same network, and for the demo's
    /// emulator: it lets addresses of private networks pass, and plain http to this very machine.
    /// A name that leads to a private address is refused when the client connects, not here.
    ///
    /// # Errors
    /// [`BadXsiUrl`] says what is wrong.
    pub fn parse(typed: &str, allow_private: bool) -> Result<Self, BadXsiUrl> {
        let mut url = Url::parse(typed.trim()).map_err(|_| BadXsiUrl::Malformed)?;
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
        Some(format!("{}/com.broadsoft.xsi-actions/v2.0/user/{user}/{what}", self.as_str()))
    }
}

impl fmt::Debug for XsiUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("XsiUrl").field(&self.as_str()).finish()
    }
}

/// What BroadWorks says of a user.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// The user id, as BroadWorks writes it.
    pub user_id: BroadWorksId,
    /// May be empty.
    pub first_name: String,
    /// May be empty.
    pub last_name: String,
    /// The enterprise, or `service provider+group`.
    pub sp_enterprise_id: SpEnterpriseId,
    /// The directory number, if the user has one.
    pub phone_number: Option<String>,
    /// The extension, if the user has one.
    pub extension: Option<String>,
    /// The mobile number, if the user has one.
    pub mobile_phone: Option<String>,
}

/// Keeps names and numbers out of logs.
impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("sp_enterprise_id", &self.sp_enterprise_id).finish_non_exhaustive()
    }
}

/// Why there is no profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum XsiError {
    /// No such user, a wrong password, or a user who may not sign in: the three cannot be told apart.
    #[error("the BroadWorks credentials are not right")]
    BadCredentials,
    /// The credentials could not be checked.
    #[error("BroadWorks cannot be asked: {0}")]
    Unavailable(#[from] Unavailable),
}

/// Why credentials could not be checked. Holds nothing of the user, so it may be logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// No connection, or it broke; with the network's own words.
    #[error("{0}")]
    Unreachable(String),
    /// No complete answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The address lies in a private network and those are not allowed.
    #[error("the address lies in a private network")]
    Private,
    /// A status that says nothing about the credentials, redirects included: a password is not sent elsewhere.
    #[error("it answered with status {0}")]
    Status(u16),
    /// More than any profile needs.
    #[error("its answer is too long")]
    TooLong,
    /// Not a profile.
    #[error("its answer is not a profile")]
    Unreadable,
    /// Somebody else's profile.
    #[error("its answer is another user's profile")]
    OtherUser,
    /// The server was given no account to ask with.
    #[error("no account at BroadWorks is set up")]
    NoAccount,
}

/// How long to wait for BroadWorks.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the whole answer is there, connecting included.
    pub total: Duration,
}

/// Asks Xsi-Actions. Cheap to clone; connections are kept and shared.
#[derive(Clone, Debug)]
pub struct XsiClient {
    http: Client,
    allow_private: bool,
}

impl XsiClient {
    /// A client; `allow_private` is the same setting as [`XsiUrl::parse`]'s.
    ///
    /// No proxy is used, whatever the environment says: it would resolve names itself, past the check.
    ///
    /// # Errors
    /// If TLS cannot be set up, e.g. because the system's certificates are unreadable.
    pub fn new(timeouts: Timeouts, allow_private: bool) -> Result<Self, reqwest::Error> {
        let builder = Client::builder()
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.total)
            .redirect(redirect::Policy::none())
            .no_proxy();
        let builder = if allow_private { builder } else { builder.https_only(true).dns_resolver2(PublicResolver) };
        Ok(Self { http: builder.build()?, allow_private })
    }

    /// The user's profile, if the credentials are right.
    ///
    /// # Errors
    /// [`XsiError::BadCredentials`] if BroadWorks says so, [`XsiError::Unavailable`] if it says anything else.
    pub async fn profile(&self, base: &XsiUrl, user: &BroadWorksId, password: &str) -> Result<Profile, XsiError> {
        let url = base.of(user, PROFILE).ok_or(XsiError::BadCredentials)?;
        let response = self.get(base, &url, (user.as_str(), password)).await?;
        match response.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
                return Err(XsiError::BadCredentials);
            }
            other => return Err(Unavailable::Status(other.as_u16()).into()),
        }
        let profile = read(&bounded_body(response).await?)?;
        if profile.user_id.key() != user.key() {
            return Err(Unavailable::OtherUser.into());
        }
        Ok(profile)
    }

    /// Asks for what stands at an address below `base`.
    pub(super) async fn get(
        &self,
        base: &XsiUrl,
        url: &str,
        (name, password): (&str, &str),
    ) -> Result<Response, Unavailable> {
        if base.private && !self.allow_private {
            return Err(Unavailable::Private);
        }
        let request = self.http.get(url).basic_auth(name, Some(password));
        request.header(header::ACCEPT, "application/xml").send().await.map_err(unavailable)
    }
}

fn unavailable(error: reqwest::Error) -> Unavailable {
    if error.is_timeout() {
        return Unavailable::TimedOut;
    }
    // The innermost cause says what happened; the outermost one would show the URL and with it the user.
    let mut cause: &dyn Error = &error.without_url();
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    Unavailable::Unreachable(cause.to_string())
}

pub(super) async fn bounded_body(mut response: Response) -> Result<Vec<u8>, Unavailable> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unavailable)? {
        if body.len() + chunk.len() > LARGEST_ANSWER {
            return Err(Unavailable::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// The document, as far as it is of interest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(rename = "@xmlns")]
    namespace: String,
    details: Details,
    #[serde(default)]
    additional_details: AdditionalDetails,
}

/// What a profile and an entry of a directory have in common beside the rest.
#[derive(Default, Deserialize)]
pub(super) struct AdditionalDetails {
    pub mobile: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    user_id: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    group_id: String,
    service_provider: ServiceProvider,
    number: Option<String>,
    extension: Option<String>,
}

#[derive(Deserialize)]
struct ServiceProvider {
    #[serde(rename = "@isEnterprise", default)]
    is_enterprise: bool,
    #[serde(rename = "$text")]
    id: String,
}

pub(super) fn read(document: &[u8]) -> Result<Profile, Unavailable> {
    let Document { namespace, details, additional_details } =
        quick_xml::de::from_reader(document).map_err(|_| Unavailable::Unreadable)?;
    if namespace != NAMESPACE {
        return Err(Unavailable::Unreadable);
    }
    let customer = match details.service_provider {
        ServiceProvider { is_enterprise: true, id } => id,
        ServiceProvider { is_enterprise: false, id } => format!("{id}+{}", details.group_id),
    };
    Ok(Profile {
        user_id: BroadWorksId::parse(&details.user_id).map_err(|_| Unavailable::Unreadable)?,
        first_name: line(&details.first_name)?.unwrap_or_default(),
        last_name: line(&details.last_name)?.unwrap_or_default(),
        sp_enterprise_id: SpEnterpriseId::parse(&customer).map_err(|_| Unavailable::Unreadable)?,
        phone_number: line(details.number.as_deref().unwrap_or_default())?,
        extension: line(details.extension.as_deref().unwrap_or_default())?,
        mobile_phone: line(additional_details.mobile.as_deref().unwrap_or_default())?,
    })
}

/// One line of text, if there is any.
pub(super) fn line(text: &str) -> Result<Option<String>, Unavailable> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    bounded(text, LONGEST_NAME).map(|text| Some(text.to_owned())).map_err(|_| Unavailable::Unreadable)
}

#[cfg(test)]
mod tests;
