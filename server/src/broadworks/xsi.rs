//! Xsi-Actions, the HTTP interface of BroadWorks for its users: checks credentials by asking for the user's profile.

use std::{
    collections::HashMap,
    error::Error,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{BroadWorksId, SpEnterpriseId};
use reqwest::{
    Client, Response, StatusCode,
    header::{self, HeaderMap},
};
use serde::Deserialize;

use super::{
    Person, XsiUrl,
    document::{self, ErrorInfo},
    person::AdditionalDetails,
};
use crate::{
    condition::Condition,
    outbound::{Reach, Unread, body, guarded_client},
};

/// Where a user's profile is, below the user.
pub(super) const PROFILE: &str = "profile";
/// A user id that nobody has, for asking whether BroadWorks is there.
const NOBODY: &str = "flowthrough-probe";
/// A profile has a few hundred bytes; whoever sends more than this is not BroadWorks.
const LARGEST_ANSWER: usize = 256 * 1024;
/// What BroadWorks calls itself where it asks for a password, in lower case: by its maker's name, or by its own.
const REALMS: [&str; 2] = ["broadworks", "broadsoft"];
/// What BroadWorks says of a user.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// Who it is.
    pub person: Person,
    /// The enterprise, or `service provider+group`.
    pub sp_enterprise_id: SpEnterpriseId,
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
    /// No such user, a wrong password, or a user who may not sign in: the three cannot be told apart. Only BroadWorks itself
    /// says so.
    #[error("the BroadWorks credentials are not right")]
    BadCredentials,
    /// The credentials are right, but what BroadWorks says of this user cannot be used. That says nothing of other users.
    #[error("the user's profile cannot be used: {}", .0.as_str())]
    Profile(Field),
    /// The credentials could not be checked.
    #[error("BroadWorks cannot be asked: {0}")]
    Unavailable(#[from] Unavailable),
}

/// What cannot be used in a user's profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// It is no user id, or another user's.
    UserId,
    /// The enterprise or service provider is missing, or cannot be one.
    ServiceProvider,
    /// The group is missing.
    GroupId,
}

impl Field {
    /// Its name in the profile.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UserId => "userId",
            Self::ServiceProvider => "serviceProvider",
            Self::GroupId => "groupId",
        }
    }
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
    #[error("it answered with status {0}, which is not how BroadWorks answers at this address")]
    Status(u16),
    /// BroadWorks itself says no, and not because of the credentials.
    #[error("BroadWorks answered with status {status} and its error {code}")]
    Refused {
        /// The status.
        status: u16,
        /// BroadWorks' own number.
        code: u32,
    },
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
    /// The server's own account is not accepted.
    #[error("BroadWorks does not accept the server's account")]
    Account,
}

impl Unavailable {
    /// A fixed word for what happened.
    #[must_use]
    pub const fn cause(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::TimedOut => "timeout",
            Self::Private => "private_address",
            Self::Status(_) => "unexpected_status",
            Self::Refused { .. } => "refused",
            Self::TooLong => "too_long",
            Self::Unreadable => "unreadable",
            Self::OtherUser => "other_user",
            Self::NoAccount => "no_account",
            Self::Account => "account_refused",
        }
    }
}

/// What an interface of BroadWorks' said.
pub(super) enum Answer {
    /// A document.
    Document(String),
    /// It has no such user.
    UnknownUser,
    /// The credentials are not right.
    BadCredentials,
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
    reach: Reach,
    conditions: Arc<Mutex<HashMap<String, Arc<Condition>>>>,
}

impl XsiClient {
    /// A client; `reach` are the same settings as [`XsiUrl::parse`]'s.
    ///
    /// # Errors
    /// If TLS cannot be set up, e.g. because the system's certificates are unreadable.
    pub fn new(timeouts: Timeouts, reach: Reach) -> Result<Self, reqwest::Error> {
        let http = guarded_client(timeouts.connect, timeouts.total, &reach).build()?;
        Ok(Self { http, reach, conditions: Arc::default() })
    }

    /// The user's profile, if the credentials are right.
    ///
    /// # Errors
    /// [`XsiError::BadCredentials`] if BroadWorks says so, [`XsiError::Profile`] if its word on this user cannot be used,
    /// [`XsiError::Unavailable`] if it says anything else.
    pub async fn profile(&self, base: &XsiUrl, user: &BroadWorksId, password: &str) -> Result<Profile, XsiError> {
        let url = base.of(user, PROFILE).ok_or(XsiError::BadCredentials)?;
        let profile = match self.get(base, &url, Some((user.as_str(), password))).await? {
            Answer::Document(document) => read(&document)?,
            Answer::UnknownUser | Answer::BadCredentials => return Err(XsiError::BadCredentials),
        };
        if !is_of(&profile, user) {
            return Err(XsiError::Profile(Field::UserId));
        }
        Ok(profile)
    }

    /// Whether BroadWorks answers at this address. No password is tried: without any, BroadWorks asks for one.
    ///
    /// # Errors
    /// What speaks against it.
    pub async fn probe(&self, base: &XsiUrl) -> Result<(), Unavailable> {
        match self.get(base, &base.below(&format!("user/{NOBODY}/{PROFILE}")), None).await? {
            Answer::Document(document) => match read(&document) {
                Err(XsiError::Unavailable(reason)) => Err(reason),
                // A profile, whatever it says of its user.
                _ => Ok(()),
            },
            Answer::UnknownUser | Answer::BadCredentials => Ok(()),
        }
    }

    /// How the interface at this address is doing, as far as this server knows.
    #[must_use]
    pub fn condition(&self, base: &XsiUrl) -> Arc<Condition> {
        let mut conditions = self.conditions.lock().unwrap_or_else(PoisonError::into_inner);
        let condition = conditions.entry(base.as_str().to_owned());
        condition.or_insert_with_key(|address| Arc::new(Condition::new("broadworks", address))).clone()
    }

    /// Asks for what stands at an address below `base`.
    ///
    /// # Errors
    /// Why nothing that BroadWorks says came of it.
    pub(super) async fn get(
        &self,
        base: &XsiUrl,
        url: &str,
        credentials: Option<(&str, &str)>,
    ) -> Result<Answer, Unavailable> {
        if base.private && !self.reach.is_private() {
            return Err(Unavailable::Private);
        }
        let mut request = self.http.get(url).header(header::ACCEPT, "application/xml");
        if let Some((name, password)) = credentials {
            request = request.basic_auth(name, Some(password));
        }
        answer(request.send().await.map_err(unavailable)?).await
    }
}

/// What BroadWorks said, if it was BroadWorks: a proxy that asks for a password of its own, a portal that wants somebody
/// to sign in, or a web server that knows no such page has nothing to say about a user.
async fn answer(response: Response) -> Result<Answer, Unavailable> {
    let (status, charset) = (response.status(), charset(response.headers()));
    if status == StatusCode::UNAUTHORIZED && asks_by_its_name(response.headers()) {
        return Ok(Answer::BadCredentials);
    }
    let body = body(response, LARGEST_ANSWER).await.map_err(|unread| match unread {
        Unread::TooLong => Unavailable::TooLong,
        Unread::Broken(error) => unavailable(error),
    });
    let text = |body: Vec<u8>| document::text(&body, charset.as_deref());
    if status == StatusCode::OK {
        return text(body?).map(Answer::Document).ok_or(Unavailable::Unreadable);
    }
    let said = body.ok().and_then(text).and_then(|text| ErrorInfo::read(&text));
    let number = status.as_u16();
    match (status, said) {
        (_, None) => Err(Unavailable::Status(number)),
        (StatusCode::UNAUTHORIZED, Some(_)) => Ok(Answer::BadCredentials),
        (StatusCode::NOT_FOUND, Some(_)) => Ok(Answer::UnknownUser),
        (_, Some(error)) => Err(match error.code() {
            Some(code) => Unavailable::Refused { status: number, code },
            None => Unavailable::Status(number),
        }),
    }
}

/// Whether the answer asks for a password in BroadWorks' name (RFC 7617 §2). Nothing public says that its refusal always holds
/// an `ErrorInfo`: without one, the realm is all that tells it from a proxy with passwords of its own, to which
/// everybody's right password is wrong.
fn asks_by_its_name(headers: &HeaderMap) -> bool {
    let challenges = headers.get_all(header::WWW_AUTHENTICATE).iter().filter_map(|value| value.to_str().ok());
    challenges.flat_map(|value| value.split(',')).any(|challenge| {
        let challenge = challenge.trim().to_ascii_lowercase();
        challenge.starts_with("basic realm=") && REALMS.iter().any(|name| challenge.contains(name))
    })
}

fn charset(headers: &HeaderMap) -> Option<String> {
    let mut parameters = headers.get(header::CONTENT_TYPE)?.to_str().ok()?.split(';').skip(1);
    parameters.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("charset").then(|| value.trim().trim_matches('"').to_owned())
    })
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

/// The document, as far as it is of interest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    details: Details,
    #[serde(default)]
    additional_details: AdditionalDetails,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default)]
    user_id: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    group_id: String,
    #[serde(default)]
    service_provider: ServiceProvider,
    number: Option<String>,
    extension: Option<String>,
}

#[derive(Default, Deserialize)]
struct ServiceProvider {
    #[serde(rename = "@isEnterprise", default)]
    is_enterprise: bool,
    #[serde(rename = "$text", default)]
    id: String,
}

pub(super) fn read(document: &str) -> Result<Profile, XsiError> {
    let Document { details, additional_details } =
        document::read(document, &["Profile"]).ok_or(Unavailable::Unreadable)?;
    let (provider, group) = (details.service_provider.id.trim(), details.group_id.trim());
    let customer = match details.service_provider.is_enterprise {
        true => provider.to_owned(),
        false if provider.is_empty() => return Err(XsiError::Profile(Field::ServiceProvider)),
        false if group.is_empty() => return Err(XsiError::Profile(Field::GroupId)),
        false => format!("{provider}+{group}"),
    };
    let names = [&*details.first_name, &details.last_name];
    let person = Person::read(&details.user_id, names, details.number, details.extension, additional_details);
    Ok(Profile {
        person: person.ok_or(XsiError::Profile(Field::UserId))?,
        sp_enterprise_id: SpEnterpriseId::parse(&customer).map_err(|_| XsiError::Profile(Field::ServiceProvider))?,
    })
}

/// Whether the profile is that of whoever signed in as this user. BroadWorks has a domain for ids that are typed without one.
pub(super) fn is_of(profile: &Profile, typed: &BroadWorksId) -> bool {
    let (whole, typed) = (profile.person.user_id.key(), typed.key());
    whole == typed || whole.split_once('@').is_some_and(|(user, _)| user == typed)
}

#[cfg(test)]
#[cfg(feature = "demo")]
mod tests;
