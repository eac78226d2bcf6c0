//! A stand-in for BroadWorks: answers the Xsi-Actions requests that Flowthrough makes, as BroadWorks would.
//!
//! Serves the demo, which has no BroadWorks to ask, and the tests, which want a real conversation.

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use quick_xml::escape::escape;
use serde::Deserialize;

/// A user that the emulated BroadWorks knows.
#[derive(Clone)]
pub struct EmulatedUser {
    /// The user id, as BroadWorks writes it.
    pub user_id: String,
    /// The password.
    pub password: String,
    /// The first name.
    pub first_name: String,
    /// The last name.
    pub last_name: String,
    /// Where the user belongs.
    pub organization: Organization,
    /// The directory number, if the user has one.
    pub phone_number: Option<String>,
    /// The extension, if the user has one.
    pub extension: Option<String>,
    /// The mobile number, if the user has one.
    pub mobile_number: Option<String>,
}

/// Where a user belongs.
#[derive(Clone, PartialEq, Eq)]
pub enum Organization {
    /// To a group of an enterprise: `spEnterpriseId` is the enterprise.
    Enterprise {
        /// The enterprise's id.
        id: String,
        /// The group's id.
        group: String,
    },
    /// To a group of a service provider: `spEnterpriseId` is `provider+group`.
    ServiceProvider {
        /// The service provider's id.
        id: String,
        /// The group's id.
        group: String,
    },
}

/// Looks a user up by the id that was asked for; ids compare without case.
pub type Users = Arc<dyn Fn(&str) -> Option<EmulatedUser> + Send + Sync>;

/// Everybody whom the emulated BroadWorks knows.
pub type Everybody = Arc<dyn Fn() -> Vec<EmulatedUser> + Send + Sync>;

/// The most entries of a directory in one answer, whatever is asked for: BroadWorks has such a limit too.
const LONGEST_PAGE: usize = 50;

/// What the emulator answers from.
#[derive(Clone)]
struct BroadWorks {
    users: Users,
    everybody: Everybody,
    /// Name and password of the account that may see every user.
    administrator: Option<(String, String)>,
}

/// `GET /com.broadsoft.xsi-actions/v2.0/user/{id}/profile` with Basic authentication, answered from `users`.
pub fn router(users: Users) -> Router {
    routes(BroadWorks { users, everybody: Arc::new(Vec::new), administrator: None })
}

/// The same and `…/user/{id}/directories/{Enterprise or Group}`, also for an account that may see every user.
pub fn router_with_directory(everybody: Everybody, administrator: (String, String)) -> Router {
    let all = everybody.clone();
    let users: Users = Arc::new(move |id| all().into_iter().find(|user| is(user, id)));
    routes(BroadWorks { users, everybody, administrator: Some(administrator) })
}

#[allow(clippy::disallowed_methods, reason = "this is another server's router")]
fn routes(broadworks: BroadWorks) -> Router {
    Router::new()
        .route("/com.broadsoft.xsi-actions/v2.0/user/{id}/profile", get(profile))
        .route("/com.broadsoft.xsi-actions/v2.0/user/{id}/directories/{kind}", get(directory))
        .with_state(broadworks)
}

fn is(user: &EmulatedUser, id: &str) -> bool {
    user.user_id.eq_ignore_ascii_case(id)
}

async fn profile(State(broadworks): State<BroadWorks>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match broadworks.authorized(&id, &headers) {
        Ok(user) => xml(StatusCode::OK, &document(&user)),
        Err(refused) => refused.into_response(),
    }
}

/// Which part of a directory is asked for.
#[derive(Deserialize)]
struct Part {
    #[serde(default = "first")]
    start: usize,
    #[serde(default = "longest_page")]
    results: usize,
}

const fn first() -> usize {
    1
}

const fn longest_page() -> usize {
    LONGEST_PAGE
}

async fn directory(
    State(broadworks): State<BroadWorks>,
    Path((id, kind)): Path<(String, String)>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Response {
    let asking = match broadworks.authorized(&id, &headers) {
        Ok(user) => user,
        Err(refused) => return refused.into_response(),
    };
    let inner = match kind.as_str() {
        "Enterprise" => "enterpriseDirectory",
        "Group" => "groupDirectory",
        _ => return not_found(),
    };
    let mut colleagues = (broadworks.everybody)();
    colleagues.retain(|user| match (&user.organization, &asking.organization) {
        (Organization::Enterprise { id: one, .. }, Organization::Enterprise { id: other, .. })
            if kind == "Enterprise" =>
        {
            one == other
        }
        (one, other) => kind == "Group" && one == other,
    });
    colleagues.sort_by(|one, other| one.user_id.cmp(&other.user_id));
    let total = colleagues.len();
    let page = colleagues.iter().skip(part.start.saturating_sub(1)).take(part.results.min(LONGEST_PAGE));
    let entries: Vec<_> = page.map(entry).collect();
    let head = format!(
        "<startIndex>{}</startIndex><numberOfRecords>{}</numberOfRecords><totalAvailableRecords>{total}</totalAvailableRecords>",
        part.start,
        entries.len()
    );
    let entries = entries.concat();
    let root =
        format!(r#"<{kind} xmlns="http://schema.broadsoft.com/xsi">{head}<{inner}>{entries}</{inner}></{kind}>"#);
    xml(StatusCode::OK, &root)
}

impl BroadWorks {
    /// The user with this id, if the credentials are that user's own or those of the account that may see everybody.
    fn authorized(&self, id: &str, headers: &HeaderMap) -> Result<EmulatedUser, Refused> {
        let (name, password) = credentials(headers).ok_or(Refused::Unauthorized)?;
        if self.administrator.as_ref().is_some_and(|account| *account == (name.clone(), password.clone())) {
            return (self.users)(id).ok_or(Refused::NotFound);
        }
        // An unknown user and a wrong password get the same answer, as from BroadWorks.
        let user = (self.users)(id).filter(|user| is(user, &name) && user.password == password);
        user.ok_or(Refused::Unauthorized)
    }
}

/// Why a caller gets no such user.
enum Refused {
    Unauthorized,
    NotFound,
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized => unauthorized(),
            Self::NotFound => not_found(),
        }
    }
}

/// User id and password of Basic authentication (RFC 7617).
fn credentials(headers: &HeaderMap) -> Option<(String, String)> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (name, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn document(user: &EmulatedUser) -> String {
    let (is_enterprise, provider) = match &user.organization {
        Organization::Enterprise { id, .. } => (true, id),
        Organization::ServiceProvider { id, .. } => (false, id),
    };
    let (details, additional) = (details(user), additional(user));
    format!(
        r#"<Profile xmlns="http://schema.broadsoft.com/xsi"><details><serviceProvider isEnterprise="{is_enterprise}">{}</serviceProvider>{details}</details>{additional}</Profile>"#,
        escape(provider)
    )
}

fn entry(user: &EmulatedUser) -> String {
    format!("<directoryDetails>{}{}</directoryDetails>", details(user), additional(user))
}

/// What a profile and a directory both tell of a user.
fn details(user: &EmulatedUser) -> String {
    let (Organization::Enterprise { group, .. } | Organization::ServiceProvider { group, .. }) = &user.organization;
    let mut details = String::new();
    let mut element = |name: &str, text: &str| {
        // Writing to a String cannot fail.
        let _ = write!(details, "<{name}>{}</{name}>", escape(text));
    };
    element("userId", &user.user_id);
    element("firstName", &user.first_name);
    element("lastName", &user.last_name);
    element("groupId", group);
    if let Some(number) = &user.phone_number {
        element("number", number);
    }
    if let Some(extension) = &user.extension {
        element("extension", extension);
    }
    details
}

fn additional(user: &EmulatedUser) -> String {
    let mobile = user.mobile_number.as_ref().map(|mobile| format!("<mobile>{}</mobile>", escape(mobile)));
    format!("<additionalDetails>{}</additionalDetails>", mobile.unwrap_or_default())
}

fn not_found() -> Response {
    let body = r#"<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"><summary>User not found.</summary><summaryEnglish>User not found.</summaryEnglish><errorCode>4008</errorCode></ErrorInfo>"#;
    xml(StatusCode::NOT_FOUND, body)
}

fn unauthorized() -> Response {
    let body = r#"<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"><summary>The user ID or password is not valid.</summary><summaryEnglish>The user ID or password is not valid.</summaryEnglish><errorCode>8251</errorCode></ErrorInfo>"#;
    ([(header::WWW_AUTHENTICATE, r#"Basic realm="BroadWorks""#)], xml(StatusCode::UNAUTHORIZED, body)).into_response()
}

fn xml(status: StatusCode, root: &str) -> Response {
    let body = format!(r#"<?xml version="1.0" encoding="UTF-8"?>{root}"#);
    (status, [(header::CONTENT_TYPE, "application/xml; charset=UTF-8")], body).into_response()
}
