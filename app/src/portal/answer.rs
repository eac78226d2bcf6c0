//! How the portal's server functions answer: hydrated pages get the outcome itself; a plain form is sent back to its
//! page (POST, redirect, GET), with what went wrong in a cookie, so that no address ever shows an error.

use leptos::prelude::expect_context;

use super::Flash;
use crate::{
    backend::{Portal, Visitor},
    problem::Problem,
    visitor,
};

const FLASH: &str = "ft_flash";
const FLASH_SECONDS: i64 = 60;
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
        keep_flash(&Flash { problem, typed: typed.chars().take(TYPED_CHARACTERS).collect() });
    }
    visitor::see_other(page);
    Ok(())
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
