//! A stand-in for BroadWorks: answers the one Xsi-Actions request that Flowthrough makes, as BroadWorks would.
//!
//! Serves the demo, which has no BroadWorks to ask, and the tests, which want a real conversation.

use std::{fmt::Write, sync::Arc};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use quick_xml::escape::escape;

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
}

/// Where a user belongs.
#[derive(Clone)]
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

/// `GET /com.broadsoft.xsi-actions/v2.0/user/{id}/profile` with Basic authentication, answered from `users`.
pub fn router(users: Users) -> Router {
    Router::new().route("/com.broadsoft.xsi-actions/v2.0/user/{id}/profile", get(profile)).with_state(users)
}

async fn profile(State(users): State<Users>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    // An unknown user and a wrong password get the same answer, as from BroadWorks.
    let user = credentials(&headers)
        .filter(|(name, _)| name.to_lowercase() == id.to_lowercase())
        .and_then(|(_, password)| users(&id).filter(|user| user.password == password));
    match user {
        Some(user) => xml(StatusCode::OK, &document(&user)),
        None => unauthorized(),
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
    let (is_enterprise, provider, group) = match &user.organization {
        Organization::Enterprise { id, group } => (true, id, group),
        Organization::ServiceProvider { id, group } => (false, id, group),
    };
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
    format!(
        r#"<Profile xmlns="http://schema.broadsoft.com/xsi"><details><serviceProvider isEnterprise="{is_enterprise}">{}</serviceProvider>{details}</details></Profile>"#,
        escape(provider)
    )
}

fn unauthorized() -> Response {
    let body = r#"<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"><summary>The user ID or password is not valid.</summary><summaryEnglish>The user ID or password is not valid.</summaryEnglish><errorCode>8251</errorCode></ErrorInfo>"#;
    ([(header::WWW_AUTHENTICATE, r#"Basic realm="BroadWorks""#)], xml(StatusCode::UNAUTHORIZED, body)).into_response()
}

fn xml(status: StatusCode, root: &str) -> Response {
    let body = format!(r#"<?xml version="1.0" encoding="UTF-8"?>{root}"#);
    (status, [(header::CONTENT_TYPE, "application/xml; charset=UTF-8")], body).into_response()
}
