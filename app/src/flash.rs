//! What a form without JavaScript could not do: it is sent back to its page (POST, redirect, GET), with what went wrong in
//! a short-lived cookie, so that no address ever shows an error.

use domain::Doubt;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// What came of the last form, carried over the redirect. It belongs to the form and to the page that the answer sends on to: where
/// that did not get through, another page, another step or the next form's answer has no use for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flash {
    /// Why it was refused; nothing if it was done, and only that is to be told, or if something is asked first.
    pub problem: Option<Problem>,
    /// Why the reader is asked whether what they typed is right.
    #[serde(default)]
    pub doubt: Option<Doubt>,
    /// What was typed: the user id, the address or the code; never a password.
    pub typed: String,
    /// The path of the server function that it was sent to; empty if there was no form.
    pub form: String,
    /// The page that tells it.
    page: String,
}

impl From<Problem> for Flash {
    fn from(problem: Problem) -> Self {
        Self { problem: Some(problem), doubt: None, typed: String::new(), form: String::new(), page: String::new() }
    }
}

#[cfg(feature = "ssr")]
pub use server::{FLASH, answer, answer_and_report, answer_or_question, arrive, asking_for_cookies, short, told_at};

#[cfg(feature = "ssr")]
mod server {
    use axum::http::{HeaderValue, request::Parts};
    use domain::{Doubt, Fault};
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

    /// What an answer to this request says to have `page` tell what went wrong.
    #[must_use]
    pub fn told_at(parts: &Parts, page: &str, problem: Problem) -> Option<HeaderValue> {
        let flash = Flash { page: page.to_owned(), ..Flash::from(problem) };
        visitor::cookie_for(parts, FLASH, serde_json::to_string(&flash).ok()?, FLASH_SECONDS)
    }

    /// Answers a form whose text field held `typed`: hydrated pages get the outcome itself; a plain form is sent on to
    /// `page`, which shows what went wrong.
    ///
    /// # Errors
    /// What went wrong, for a hydrated page.
    pub fn answer(page: &str, typed: &str, outcome: Result<(), Problem>) -> Result<(), Problem> {
        if !visitor::is_plain_form() {
            return outcome;
        }
        match outcome {
            Err(problem) => {
                // Whoever has to sign in first is shown another field, and whoever is signed in has not typed it; or there is none.
                let elsewhere =
                    matches!(problem.fault, Fault::SessionEnded | Fault::MeantForAnother | Fault::AddressSettled);
                keep(page, if elsewhere { "" } else { typed }, Some(problem), None);
            }
            Ok(()) => forget(),
        }
        visitor::see_other(page);
        Ok(())
    }

    /// As [`answer`], where the page does not show by itself that the form has done something.
    ///
    /// # Errors
    /// As [`answer`].
    pub fn answer_and_report(page: &str, outcome: Result<(), Problem>) -> Result<(), Problem> {
        let is_done = outcome.is_ok();
        answer(page, "", outcome)?;
        if is_done && visitor::is_plain_form() {
            keep(page, "", None, None);
        }
        Ok(())
    }

    /// As [`answer`], where the reader may be asked first whether what they typed is right.
    ///
    /// # Errors
    /// As [`answer`].
    pub fn answer_or_question(page: &str, typed: &str, outcome: Result<Option<Doubt>, Problem>) -> Result<(), Problem> {
        match outcome {
            Ok(Some(doubt)) if visitor::is_plain_form() => {
                keep(page, typed, None, Some(doubt));
                visitor::see_other(page);
                Ok(())
            }
            outcome => answer(page, typed, outcome.map(drop)),
        }
    }

    /// As much of what was typed as a cookie can carry.
    #[must_use]
    pub fn short(typed: &str) -> String {
        typed.chars().take(TYPED_CHARACTERS).collect()
    }

    fn keep(page: &str, typed: &str, problem: Option<Problem>, doubt: Option<Doubt>) {
        let form = visitor::path();
        let flash = Flash { problem, doubt, typed: short(typed), form, page: without_check(page).to_owned() };
        if let Ok(flash) = serde_json::to_string(&flash) {
            visitor::set_cookie(FLASH, flash, FLASH_SECONDS);
        }
    }

    /// Forgets what came of an earlier form, and was never told if its answer did not get through.
    fn forget() {
        for cookie in [FLASH, SHOWN].into_iter().filter(|name| visitor::cookie(name).is_some()) {
            visitor::clear_cookie(cookie);
        }
    }

    /// The page, for an answer that has set a cookie: it is going to look whether that came back.
    #[must_use]
    pub fn asking_for_cookies(page: &str) -> String {
        format!("{page}{}{CHECK}", if page.contains('?') { '&' } else { '?' })
    }

    fn without_check(page: &str) -> &str {
        page.strip_suffix(CHECK).and_then(|page| page.strip_suffix(['?', '&'])).unwrap_or(page)
    }

    /// What came of the last plain form that was to be told on the page `again`; told once. Where that was to look whether the
    /// browser keeps cookies and it does, the reader is sent on: to `again`, or once the session of this cookie has begun to
    /// `next`.
    pub fn arrive(session: &str, again: &str, next: &str) -> Option<Flash> {
        if !is_asked() {
            return take(again);
        }
        if kept(FLASH, again).is_some() {
            visitor::see_other(again);
        } else if visitor::cookie(session).is_some() {
            visitor::see_other(next);
        } else {
            return Some(Problem::from(Fault::CookiesRefused).into());
        }
        None
    }

    fn take(page: &str) -> Option<Flash> {
        if let Some((flash, cookie)) = kept(FLASH, page) {
            visitor::clear_cookie(FLASH);
            visitor::set_cookie(SHOWN, cookie, FLASH_SECONDS);
            return Some(flash);
        }
        let (shown, _) = kept(SHOWN, page)?;
        if is_in_query("lang=") {
            return Some(shown);
        }
        visitor::clear_cookie(SHOWN);
        None
    }

    /// What a cookie holds for this page, and as it holds it.
    fn kept(cookie: &str, page: &str) -> Option<(Flash, String)> {
        let cookie = visitor::cookie(cookie)?;
        let flash: Flash = serde_json::from_str(&cookie).ok()?;
        (flash.page == page).then_some((flash, cookie))
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
