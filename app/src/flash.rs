//! What a form without JavaScript could not do: it is sent back to its page (POST, redirect, GET), with what went wrong in
//! a short-lived cookie, so that no address ever shows an error.

use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// The last form's problem, carried over the redirect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Why it was refused.
    pub problem: Problem,
    /// What was typed: the user id, the address or the code; never a password.
    pub typed: String,
}

impl From<Problem> for Flash {
    fn from(problem: Problem) -> Self {
        Self { problem, typed: String::new() }
    }
}

#[cfg(feature = "ssr")]
pub use server::{FLASH, answer, arrive, asking_for_cookies, short};

#[cfg(feature = "ssr")]
mod server {
    use axum::http::request::Parts;
    use domain::Fault;
    use leptos::reactive::owner::with_context;

    use super::Flash;
    use crate::{problem::Problem, visitor};

    /// The cookie.
    pub const FLASH: &str = "ft_flash";
    const FLASH_SECONDS: i64 = 60;
    /// What has been told just now: the same page in another language tells it again.
    const SHOWN: &str = "ft_shown";
    /// A cookie holds 4 kB; nothing that fits a form of ours is longer than this.
    const TYPED_CHARACTERS: usize = 254;
    /// The query parameter of a page to which an answer sends that has set a cookie.
    const CHECK: &str = "check";

    /// Answers a form whose text field held `typed`: hydrated pages get the outcome itself; a plain form is sent on to
    /// `page`, which shows what went wrong.
    ///
    /// # Errors
    /// What went wrong, for a hydrated page.
    pub fn answer(page: &str, typed: &str, outcome: Result<(), Problem>) -> Result<(), Problem> {
        if !visitor::is_plain_form() {
            return outcome;
        }
        if let Err(problem) = outcome {
            // Whoever has to sign in first is shown another field, and whoever is signed in has not typed it.
            let elsewhere = matches!(problem.fault, Fault::SessionEnded | Fault::MeantForAnother);
            keep(&Flash { problem, typed: short(if elsewhere { "" } else { typed }) });
        }
        visitor::see_other(page);
        Ok(())
    }

    /// As much of what was typed as a cookie can carry.
    #[must_use]
    pub fn short(typed: &str) -> String {
        typed.chars().take(TYPED_CHARACTERS).collect()
    }

    fn keep(flash: &Flash) {
        if let Ok(flash) = serde_json::to_string(flash) {
            visitor::set_cookie(FLASH, flash, FLASH_SECONDS);
        }
    }

    /// The page, for an answer that has set a cookie: it is going to look whether that came back.
    #[must_use]
    pub fn asking_for_cookies(page: &str) -> String {
        format!("{page}{}{CHECK}", if page.contains('?') { '&' } else { '?' })
    }

    /// What the last plain form could not do; told once. Where the page was to look whether the browser keeps cookies
    /// and it does, the reader is sent on: to `again`, or once the session of this cookie has begun to `next`.
    pub fn arrive(session: &str, again: &str, next: &str) -> Option<Flash> {
        if !is_asked() {
            return take();
        }
        if visitor::cookie(FLASH).is_some() {
            visitor::see_other(again);
        } else if visitor::cookie(session).is_some() {
            visitor::see_other(next);
        } else {
            return Some(Problem::from(Fault::CookiesRefused).into());
        }
        None
    }

    fn take() -> Option<Flash> {
        let (flash, shown) = (visitor::cookie(FLASH), visitor::cookie(SHOWN));
        let flash = match (flash, shown) {
            (Some(flash), _) => {
                visitor::clear_cookie(FLASH);
                visitor::set_cookie(SHOWN, flash.clone(), FLASH_SECONDS);
                flash
            }
            (None, Some(shown)) if is_in_query("lang=") => shown,
            (None, Some(_)) => {
                visitor::clear_cookie(SHOWN);
                return None;
            }
            (None, None) => return None,
        };
        serde_json::from_str(&flash).ok()
    }

    fn is_asked() -> bool {
        is_in_query(CHECK)
    }

    /// Whether a parameter of the page's address begins so.
    fn is_in_query(beginning: &str) -> bool {
        let is_in = |parts: &Parts| parts.uri.query()?.split('&').find(|pair| pair.starts_with(beginning)).map(drop);
        with_context(is_in).flatten().is_some()
    }
}
