//! What the portal's server functions begin and end with.

use axum::http::request::Parts;
use domain::Fault;
use leptos::{prelude::expect_context, reactive::owner::with_context};
use serde::{Deserialize, Serialize};

use super::{Opening, PortalPage, PortalStep};
pub use crate::flash::{answer, answer_and_report, answer_or_question, asking_for_cookies};
use crate::{
    backend::{Portal, Visitor},
    flash::{self, Flash, short},
    problem::Problem,
    visitor::{self, token},
};

const UNSENT: &str = "ft_unsent";
const UNSENT_SECONDS: i64 = 15 * 60;

/// The portal, as the server provides it.
pub fn backend() -> Portal {
    expect_context()
}

/// What the page shows, if that is the same for everybody.
pub fn opening() -> Option<PortalPage> {
    with_context(|parts: &Parts| parts.extensions.get::<Opening>().map(|Opening(page)| page.clone()))?
}

/// The caller.
pub fn visitor() -> Visitor {
    visitor::visitor(visitor::PORTAL_SESSION)
}

/// The caller, by a form that was made for this user.
pub fn visitor_as(user: &str) -> Visitor {
    Visitor { meant_for: Some(user.to_owned()), ..visitor() }
}

/// The address of the page that shows where the user of this share link stands.
pub fn page_of(share: &str) -> String {
    format!("/activate/{}", token(share))
}

/// The address of the page behind a mailed link.
pub fn link_of(share: &str, secret: &str) -> String {
    format!("{}/join/{}", page_of(share), token(secret))
}

/// The address of the page behind a reminder's link.
pub fn stop_of(share: &str, sealed: &str) -> String {
    format!("{}/stop/{}", page_of(share), token(sealed))
}

/// What came of the last plain form of a page; or what the page said that is shown in another language now.
pub fn take_flash(page: &str) -> Option<Flash> {
    let again = visitor::reported_fault().map(|fault| Problem::from(fault).into());
    // A page that looks what has become of it has sent no form: what there is to tell is another tab's.
    if visitor().meant_for.is_some() {
        return again;
    }
    flash::arrive(visitor::PORTAL_SESSION, page, page).or(again)
}

/// An address that somebody entered who was no longer signed in.
#[derive(Serialize, Deserialize)]
struct Unsent {
    user: String,
    email: String,
}

impl Unsent {
    fn kept() -> Option<Self> {
        serde_json::from_str(&visitor::cookie(UNSENT)?).ok()
    }
}

/// Keeps the address that this user entered, if nobody or somebody else was signed in, until the same user is again.
pub fn keep_unsent<T>(user: &str, email: &str, outcome: &Result<T, Problem>) {
    let from_somebody = !user.is_empty();
    match outcome {
        Err(Problem { fault: Fault::SessionEnded | Fault::MeantForAnother, .. }) if from_somebody => {
            let unsent = Unsent { user: short(user), email: short(email) };
            if let Ok(unsent) = serde_json::to_string(&unsent) {
                visitor::set_cookie(UNSENT, unsent, UNSENT_SECONDS);
            }
        }
        _ => forget_unsent(user),
    }
}

/// Forgets what [`keep_unsent`] has kept for this user.
pub fn forget_unsent(user: &str) {
    if Unsent::kept().is_some_and(|unsent| unsent.user == user) {
        visitor::clear_cookie(UNSENT);
    }
}

/// The page, which offers the user the address that could not be taken before.
pub fn with_unsent(mut page: PortalPage) -> PortalPage {
    if let PortalStep::Address { user, suggestion } = &mut page.step
        && let Some(unsent) = Unsent::kept()
        && unsent.user == user.id
    {
        *suggestion = Some(unsent.email);
    }
    page
}
