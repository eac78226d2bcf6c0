//! How the portal's server functions answer: hydrated pages get the outcome itself; a plain form is sent back to its
//! page (POST, redirect, GET), with what went wrong in a cookie, so that no address ever shows an error.

use domain::Fault;
use leptos::prelude::expect_context;
use serde::{Deserialize, Serialize};

use super::{Flash, PortalPage, Step};
use crate::{
    backend::{Portal, Visitor},
    problem::Problem,
    visitor,
};

const FLASH: &str = "ft_flash";
const FLASH_SECONDS: i64 = 60;
const UNSENT: &str = "ft_unsent";
const UNSENT_SECONDS: i64 = 15 * 60;
/// A cookie holds 4 kB; nothing that fits a form of ours is longer than this.
const TYPED_CHARACTERS: usize = 254;

/// The portal, as the server provides it.
pub fn backend() -> Portal {
    expect_context()
}

/// Who asks.
pub fn visitor() -> Visitor {
    visitor::visitor(visitor::PORTAL_SESSION)
}

/// The address of the page that shows where the user of this share link stands.
pub fn page_of(share: &str) -> String {
    format!("/activate/{share}")
}

/// Answers a form of the page at `page`, whose text field held `typed`.
pub fn answer(page: &str, typed: &str, outcome: Result<(), Problem>) -> Result<(), Problem> {
    if !visitor::is_plain_form() {
        return outcome;
    }
    if let Err(problem) = outcome {
        // Whoever has to sign in first is shown another field.
        let typed = if problem.fault == Fault::SessionEnded { "" } else { typed };
        keep_flash(&Flash { problem, typed: short(typed) });
    }
    visitor::see_other(page);
    Ok(())
}

fn short(typed: &str) -> String {
    typed.chars().take(TYPED_CHARACTERS).collect()
}

/// An address that somebody entered whose session had ended.
#[derive(Serialize, Deserialize)]
struct Unsent {
    broadworks_id: String,
    email: String,
}

/// Keeps the address that this user entered, if the session had ended, until the same user has signed in again.
pub fn keep_unsent(broadworks_id: &str, email: &str, outcome: &Result<(), Problem>) {
    match outcome {
        Err(problem) if problem.fault == Fault::SessionEnded => {
            let unsent = Unsent { broadworks_id: short(broadworks_id), email: short(email) };
            if let Ok(unsent) = serde_json::to_string(&unsent) {
                visitor::set_cookie(UNSENT, unsent, UNSENT_SECONDS);
            }
        }
        _ => forget_unsent(),
    }
}

/// Forgets what [`keep_unsent`] has kept.
pub fn forget_unsent() {
    if visitor::cookie(UNSENT).is_some() {
        visitor::clear_cookie(UNSENT);
    }
}

/// The page, which offers the user the address that could not be taken before.
pub fn with_unsent(mut page: PortalPage) -> PortalPage {
    if let Step::Address { user, suggestion } = &mut page.step
        && let Some(unsent) = visitor::cookie(UNSENT)
        && let Ok(Unsent { broadworks_id, email }) = serde_json::from_str(&unsent)
        && broadworks_id == user.broadworks_id
    {
        *suggestion = Some(email);
    }
    page
}

fn keep_flash(flash: &Flash) {
    if let Ok(flash) = serde_json::to_string(flash) {
        visitor::set_cookie(FLASH, flash, FLASH_SECONDS);
    }
}

/// What the last plain form could not do. It is told once.
pub fn take_flash() -> Option<Flash> {
    let flash = visitor::cookie(FLASH)?;
    visitor::clear_cookie(FLASH);
    serde_json::from_str(&flash).ok()
}
