//! Beginning and ending an administrator's session, and the guard that every other server function opens with.

#[cfg(feature = "ssr")]
use std::sync::Arc;

#[cfg(feature = "ssr")]
use domain::Fault;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use leptos::server_fn::ServerFn;

#[cfg(feature = "ssr")]
use super::address;
use super::{
    address::HOME,
    model::{Me, SignInService, SignInStep},
};
use crate::problem::Problem;
#[cfg(feature = "ssr")]
use crate::{
    access::{Guard, PROOF_NEEDED, needed},
    backend::{Administrator, Hub},
    flash::{answer, asking_for_cookies},
    visitor::{HUB_SESSION, begin_session, end_session, token as link_token, visitor},
};

/// The guard that a server function opens with: the backend and the administrator who is signed in and has the permission that
/// [`crate::access`] names for that function, or [`Fault::NotSignedIn`], [`Fault::PermissionMissing`] or [`Fault::ProofRequired`]. Both at once, because
/// afterwards the page that called may be gone, and its contexts with it.
#[cfg(feature = "ssr")]
pub(super) async fn signed_in<F: ServerFn>() -> Result<(Hub, Administrator), Problem> {
    let (hub, guard) = (hub(), expect_context::<Arc<dyn Guard>>());
    let permission = needed(F::PATH).ok_or(Fault::PermissionMissing)?;
    let visitor = visitor(HUB_SESSION);
    let administrator = guard.administrator(&visitor, permission).await?;
    if PROOF_NEEDED.contains(&F::PATH) {
        guard.proven(&visitor).await?;
    }
    Ok((hub, administrator))
}

/// The backend.
#[cfg(feature = "ssr")]
pub(super) fn hub() -> Hub {
    expect_context()
}

/// Who is signed in.
#[server(prefix = "/api", endpoint = "hub/me", client = crate::hub::client::HubClient)]
pub async fn get_me() -> Result<Me, Problem> {
    let (hub, administrator) = signed_in::<GetMe>().await?;
    hub.me(&administrator).await
}

/// Signs in, then reads on at `next`.
#[server(prefix = "/api", endpoint = "hub/sign-in")]
pub async fn sign_in(email: String, password: String, next: String) -> Result<(), Problem> {
    let session = hub().sign_in(&visitor(HUB_SESSION), &email, &password).await;
    let outcome = session.map(|session| begin_session(HUB_SESSION, session));
    answer(&asking_for_cookies(&address::sign_in(local(&next).to_owned())), &email, outcome)
}

/// What the sign-in in this browser waits for.
#[server(prefix = "/api", endpoint = "hub/sign-in-step")]
pub async fn get_sign_in_step() -> Result<SignInStep, Problem> {
    hub().sign_in_step(&visitor(HUB_SESSION)).await
}

/// The services by which people sign in beside the password.
#[server(prefix = "/api", endpoint = "hub/sign-in-services")]
pub async fn get_sign_in_services() -> Result<Vec<SignInService>, Problem> {
    hub().sign_in_services().await
}

/// Signs in with the code of the second factor, then reads on at `next`.
#[server(prefix = "/api", endpoint = "hub/sign-in-code")]
pub async fn enter_sign_in_code(code: String, next: String) -> Result<(), Problem> {
    let session = hub().enter_sign_in_code(&visitor(HUB_SESSION), &code).await;
    let outcome = session.map(|session| begin_session(HUB_SESSION, session));
    let again = address::sign_in(local(&next).to_owned());
    let page = if outcome.is_ok() { asking_for_cookies(&again) } else { again };
    answer(&page, "", outcome)
}

/// Signs out. If the session cannot be ended, the browser keeps it: else it would live on where nobody can end it any more.
#[server(prefix = "/api", endpoint = "hub/sign-out")]
pub async fn sign_out() -> Result<(), Problem> {
    let outcome = hub().sign_out(&visitor(HUB_SESSION)).await;
    if outcome.is_err() {
        return answer(address::ACCOUNT, "", outcome);
    }
    end_session(HUB_SESSION);
    answer(address::SIGN_IN, "", outcome)
}

/// Whether a set-up link still works: the page asks before it shows a form that would be in vain.
#[server(prefix = "/api", endpoint = "hub/set-up-link")]
pub async fn check_set_up_link(token: String) -> Result<(), Problem> {
    hub().check_set_up_link(&token).await
}

/// Creates the first administrator and signs in.
#[server(prefix = "/api", endpoint = "hub/set-up")]
pub async fn set_up(token: String, email: String, password: String) -> Result<(), Problem> {
    let session = hub().set_up(&visitor(HUB_SESSION), &token, &email, &password).await;
    let outcome = session.map(|session| begin_session(HUB_SESSION, session));
    let next = if outcome.is_ok() { address::sign_in(HOME.to_owned()) } else { address::set_up(link_token(&token)) };
    answer(&asking_for_cookies(&next), &email, outcome)
}

/// The address of whoever was invited: the page asks before it shows a form that would be in vain.
#[server(prefix = "/api", endpoint = "hub/invitation")]
pub async fn get_invitation(token: String) -> Result<String, Problem> {
    hub().invitation(&token).await
}

/// Chooses the password of whoever was invited, and signs in.
#[server(prefix = "/api", endpoint = "hub/accept-invitation")]
pub async fn accept_invitation(token: String, password: String) -> Result<(), Problem> {
    let session = hub().accept_invitation(&visitor(HUB_SESSION), &token, &password).await;
    let outcome = session.map(|session| begin_session(HUB_SESSION, session));
    let next =
        if outcome.is_ok() { address::sign_in(HOME.to_owned()) } else { address::invitation(link_token(&token)) };
    answer(&asking_for_cookies(&next), "", outcome)
}

/// The longest address to read on at, in bytes: it is kept in a cookie, or a row, of whoever is nobody yet.
const LONGEST_NEXT: usize = 2_000;

/// The page to read on at: only ever one of the hub's own, whatever a link says.
#[must_use]
pub fn local(next: &str) -> &str {
    let within = next.strip_prefix(HOME).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']));
    let path = next.split(['?', '#']).next().unwrap_or_default();
    // Browsers take a step back for `..`, however it is written, and a backslash for a slash.
    let straight =
        path.split('/').skip(1).all(|part| !matches!(&*part.replace("%2E", ".").replace("%2e", "."), "" | "." | ".."));
    let plain = next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    if within && straight && plain && next.len() <= LONGEST_NEXT { next } else { HOME }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn next_never_leads_out_of_the_hub() {
        for inside in [
            "/hub",
            "/hub/customers/1",
            "/hub?after=x",
            "/hub/templates/1/users?exclude_provisioned=true",
            "/hub/search?q=a//..b",
        ] {
            assert_eq!(local(inside), inside);
        }
        for outside in [
            "",
            "//evil.example",
            "https://evil.example",
            "/hubris",
            "/activate/x",
            "/hub/\r\nSet-Cookie: a=b",
            "/hub/..//x",
            "/hub/../x",
            "/hub/%2e%2E/x",
            "/hub/.%2e//evil.example",
            "/hub//evil.example",
            "/hub/./x",
            "/hub/..",
            "/hub/\\evil.example",
            "/hub/..?x",
            "/hub/..#x",
        ] {
            assert_eq!(local(outside), HOME, "{outside}");
        }
    }
}
