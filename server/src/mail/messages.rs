//! What the mails say, in the recipient's language.
//!
//! The HTML is written for mail programs, not for browsers: tables, styles on the elements, a button made of a table
//! cell, so that it looks the same in programs that know little CSS. What the `<style>` element adds (dark mode) may be
//! thrown away without harm.

use app::{i18n::Locale, language};
use askama::Template;
use domain::{
    BroadWorksId,
    timestamp::{HOUR, MINUTE},
};
use leptos_i18n::{Direction, Locale as _, td_string};

/// What a mail says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// What it is about.
    pub subject: String,
    /// All of it, in plain text.
    pub text: String,
    /// All of it again, as an HTML document.
    pub html: String,
}

/// What the mail that asks to prove an address needs to know.
#[derive(Clone, Copy)]
pub struct ProveAddress<'a> {
    /// The name under which the partner writes to users.
    pub provider: &'a str,
    /// To greet the user by; may be empty.
    pub first_name: &'a str,
    /// The BroadWorks id of the account that it is about.
    pub broadworks_id: &'a BroadWorksId,
    /// Proves the address when followed.
    pub join_link: &'a str,
    /// Proves the address when entered: six digits.
    pub code: &'a str,
    /// How long the link is good, in milliseconds.
    pub link_lifetime: i64,
    /// How long the code is good, in milliseconds.
    pub code_lifetime: i64,
    /// Where users find help, if the partner says so.
    pub support_url: Option<&'a str>,
}

/// Asks the user to prove an address: by the link, by the button "Join now", or by the code.
#[must_use]
pub fn prove_address(locale: Locale, about: &ProveAddress<'_>) -> Words {
    let subject = td_string!(locale, mail.prove_address.subject, provider = isolated(locale, about.provider));
    let phrases = &Phrases::new(locale, about);
    let direction = language::direction(locale).as_str();
    let html = Html { language: locale.as_str(), direction, subject: &subject, phrases, about }.to_string();
    Words { text: Text { phrases, about }.to_string(), html, subject }
}

/// The sentences that both parts are made of.
struct Phrases {
    preview: String,
    greeting: String,
    intro: String,
    join_now: String,
    code_hint: String,
    lifetimes: String,
    fallback: String,
    warning: String,
    help: String,
}

impl Phrases {
    fn new(locale: Locale, about: &ProveAddress<'_>) -> Self {
        let greeting = match about.first_name {
            "" => td_string!(locale, mail.prove_address.greeting_nameless).to_string(),
            name => td_string!(locale, mail.prove_address.greeting, name = name).to_string(),
        };
        let intro = td_string!(
            locale,
            mail.prove_address.intro,
            provider = isolated(locale, about.provider),
            broadworks_id = isolated(locale, about.broadworks_id.as_str())
        );
        let lifetimes = td_string!(
            locale,
            mail.prove_address.lifetimes,
            link = duration(locale, about.link_lifetime),
            code = duration(locale, about.code_lifetime)
        );
        Self {
            preview: td_string!(locale, mail.prove_address.preview).to_string(),
            greeting,
            intro: intro.to_string(),
            join_now: td_string!(locale, mail.prove_address.join_now).to_string(),
            code_hint: td_string!(locale, mail.prove_address.code_hint).to_string(),
            lifetimes: lifetimes.to_string(),
            fallback: td_string!(locale, mail.prove_address.fallback).to_string(),
            warning: td_string!(locale, mail.prove_address.warning).to_string(),
            help: td_string!(locale, mail.prove_address.help).to_string(),
        }
    }
}

/// A value that may be written in another direction than the text around it.
fn isolated(locale: Locale, value: &str) -> String {
    match language::direction(locale) {
        Direction::RightToLeft => format!("\u{2068}{value}\u{2069}"),
        _ => value.to_owned(),
    }
}

/// Whole hours as hours, everything else as minutes.
fn duration(locale: Locale, milliseconds: i64) -> String {
    if milliseconds % HOUR == 0 {
        td_string!(locale, ui.hours, count = milliseconds / HOUR).to_string()
    } else {
        td_string!(locale, ui.minutes, count = milliseconds / MINUTE).to_string()
    }
}

/// `messages/prove_address.txt`
#[derive(Template)]
#[template(path = "mail/messages/prove_address.txt")]
struct Text<'a> {
    phrases: &'a Phrases,
    about: &'a ProveAddress<'a>,
}

/// `messages/prove_address.html`
#[derive(Template)]
#[template(path = "mail/messages/prove_address.html")]
struct Html<'a> {
    language: &'a str,
    direction: &'a str,
    subject: &'a str,
    phrases: &'a Phrases,
    about: &'a ProveAddress<'a>,
}

#[cfg(test)]
mod tests;
