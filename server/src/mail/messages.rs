//! What the mails say, in the recipient's language.
//!
//! The HTML is written for mail programs, not for browsers: tables, styles on the elements, a button made of a table
//! cell, so that it looks the same in programs that know little CSS. What the `<style>` element adds (dark mode) may be
//! thrown away without harm.

use app::{
    i18n::Locale,
    language,
    portal::{ClientApp, ClientPassword},
};
use askama::Template;
use domain::{
    BroadWorksId, Note,
    timestamp::{HOUR, MINUTE},
};
use leptos_i18n::{Direction, Locale as _, td_string};

use crate::brand::Look;

/// Our own colours of buttons and links, and of links on dark ground (`style/tokens.css`).
const OWN: (&str, &str) = ("#0b6b6b", "#63cec5");

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
    /// At which host it is to be entered: nowhere else does a device offer it by itself. None where it would offer it nowhere.
    pub host: Option<&'a str>,
    /// How long the link is good, in milliseconds.
    pub link_lifetime: i64,
    /// How long the code is good, in milliseconds.
    pub code_lifetime: i64,
    /// Where users find help, if the partner says so.
    pub support_url: Option<&'a str>,
    /// What the partner's mails end with, if not with its name.
    pub signature: Option<&'a str>,
    /// How the partner's mails look.
    pub look: &'a Look,
    /// Of a reminder: where the user asks for no more of them.
    pub stop_link: Option<&'a str>,
    /// What the customer's administrator wrote.
    pub note: Option<&'a Note>,
}

/// Asks the user to prove an address: by the link, by the button "Join now", or by the code.
#[must_use]
pub fn prove_address(locale: Locale, about: &ProveAddress<'_>) -> Words {
    let provider = isolated(locale, about.provider);
    let subject = match about.stop_link {
        Some(_) => td_string!(locale, mail.reminder.subject, provider = provider),
        None => td_string!(locale, mail.prove_address.subject, provider = provider),
    };
    let phrases = &Phrases::new(locale, about);
    let frame = &Frame {
        language: locale.as_str(),
        direction: language::direction(locale).as_str(),
        subject: &subject,
        preview: td_string!(locale, mail.prove_address.preview),
        greeting: &phrases.greeting,
        provider: about.provider,
        support_url: about.support_url,
        signature: about.signature,
        look: about.look,
        help: td_string!(locale, mail.prove_address.help),
    };
    let html = Html { frame, phrases, about }.to_string();
    Words { text: Text { phrases, about }.to_string(), html, subject }
}

/// What the mail that says that the account is ready needs to know.
#[derive(Clone, Copy)]
pub struct AccountReady<'a> {
    /// The name under which the partner writes to users.
    pub provider: &'a str,
    /// To greet the user by; may be empty.
    pub first_name: &'a str,
    /// The address of the account.
    pub email: &'a str,
    /// The app that the user signs in to.
    pub app: &'a ClientApp,
    /// Where every device gets it, if the operator names any.
    pub download_link: Option<&'a str>,
    /// Where users find help, if the partner says so.
    pub support_url: Option<&'a str>,
    /// What the partner's mails end with, if not with its name.
    pub signature: Option<&'a str>,
    /// How the partner's mails look.
    pub look: &'a Look,
}

/// Says that the account is ready, where to get the app, and by which address to sign in there: in the words of the page that says
/// so.
#[must_use]
pub fn account_ready(locale: Locale, about: &AccountReady<'_>) -> Words {
    let provider = isolated(locale, about.provider);
    let subject = format!("{} – {provider}", td_string!(locale, portal.done.heading));
    let own_password = about.app.password == ClientPassword::Own;
    let phrases = &ReadyPhrases {
        greeting: greeting(locale, about.first_name),
        lead: td_string!(locale, portal.done.lead, email = isolated(locale, about.email)).to_string(),
        password: own_password.then(|| td_string!(locale, portal.done.password_own)),
        get_app: format!("{}: {}", td_string!(locale, portal.done.downloads), isolated(locale, &about.app.name)),
        fallback: td_string!(locale, mail.prove_address.fallback),
        help: td_string!(locale, mail.prove_address.help),
    };
    let frame = &Frame {
        language: locale.as_str(),
        direction: language::direction(locale).as_str(),
        subject: &subject,
        preview: &phrases.lead,
        greeting: &phrases.greeting,
        provider: about.provider,
        support_url: about.support_url,
        signature: about.signature,
        look: about.look,
        help: phrases.help,
    };
    let html = ReadyHtml { frame, phrases, about }.to_string();
    Words { text: ReadyText { phrases, about }.to_string(), html, subject }
}

/// What the mail that says that a second factor was taken away needs to know.
#[derive(Clone, Copy)]
pub struct FactorTaken<'a> {
    /// For which partner its owner signs in.
    pub partner: &'a str,
    /// Where another one is set up.
    pub account_link: &'a str,
}

/// Notifies an administrator that their second factor was taken away, in a language of the hub.
#[must_use]
pub fn factor_taken(locale: Locale, about: &FactorTaken<'_>) -> Words {
    let subject = td_string!(locale, hub.factor.taken_subject);
    let lead = td_string!(locale, hub.factor.taken_lead, partner = isolated(locale, about.partner)).to_string();
    let frame = &Frame {
        language: locale.as_str(),
        direction: language::direction(locale).as_str(),
        subject,
        preview: &lead,
        greeting: &greeting(locale, ""),
        provider: about.partner,
        support_url: None,
        signature: None,
        look: &Look::default(),
        help: "",
    };
    let phrases = &TakenPhrases { lead: &lead, hint: td_string!(locale, hub.factor.taken_hint) };
    let text = TakenText { frame, phrases, about }.to_string();
    Words { text, html: TakenHtml { frame, phrases, about }.to_string(), subject: subject.to_owned() }
}

fn greeting(locale: Locale, first_name: &str) -> String {
    match first_name {
        "" => td_string!(locale, mail.prove_address.greeting_nameless).to_string(),
        name => td_string!(locale, mail.prove_address.greeting, name = name).to_string(),
    }
}

/// What every HTML part has around its own.
struct Frame<'a> {
    language: &'a str,
    direction: &'a str,
    subject: &'a str,
    preview: &'a str,
    greeting: &'a str,
    provider: &'a str,
    support_url: Option<&'a str>,
    signature: Option<&'a str>,
    look: &'a Look,
    help: &'a str,
}

impl Frame<'_> {
    /// The colour of buttons, and of links on light ground: the partner's, or ours.
    fn accent(&self) -> String {
        self.look.accent.map_or_else(|| OWN.0.to_owned(), |accent| accent.to_string())
    }

    /// That of links on dark ground.
    fn link_in_dark(&self) -> String {
        self.look.accent.map_or_else(|| OWN.1.to_owned(), |accent| accent.dark().accent.to_string())
    }
}

/// The sentences that both parts of the mail are made of that says that the account is ready.
struct ReadyPhrases {
    greeting: String,
    lead: String,
    password: Option<&'static str>,
    get_app: String,
    fallback: &'static str,
    help: &'static str,
}

/// The sentences that both parts of the mail are made of that says that a second factor was taken away.
struct TakenPhrases<'a> {
    lead: &'a str,
    hint: &'static str,
}

/// The sentences that both parts are made of.
struct Phrases {
    greeting: String,
    intro: String,
    note_from: &'static str,
    join_now: String,
    code_hint: String,
    lifetimes: String,
    fallback: String,
    warning: String,
    help: String,
    stop: &'static str,
}

impl Phrases {
    fn new(locale: Locale, about: &ProveAddress<'_>) -> Self {
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
            greeting: greeting(locale, about.first_name),
            intro: intro.to_string(),
            note_from: td_string!(locale, mail.prove_address.note_from),
            join_now: td_string!(locale, mail.prove_address.join_now).to_string(),
            code_hint: td_string!(locale, mail.prove_address.code_hint).to_string(),
            lifetimes: lifetimes.to_string(),
            fallback: td_string!(locale, mail.prove_address.fallback).to_string(),
            warning: td_string!(locale, mail.prove_address.warning).to_string(),
            help: td_string!(locale, mail.prove_address.help).to_string(),
            stop: td_string!(locale, mail.reminder.stop),
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
    frame: &'a Frame<'a>,
    phrases: &'a Phrases,
    about: &'a ProveAddress<'a>,
}

/// `messages/account_ready.txt`
#[derive(Template)]
#[template(path = "mail/messages/account_ready.txt")]
struct ReadyText<'a> {
    phrases: &'a ReadyPhrases,
    about: &'a AccountReady<'a>,
}

/// `messages/account_ready.html`
#[derive(Template)]
#[template(path = "mail/messages/account_ready.html")]
struct ReadyHtml<'a> {
    frame: &'a Frame<'a>,
    phrases: &'a ReadyPhrases,
    about: &'a AccountReady<'a>,
}

/// `messages/factor_taken.txt`
#[derive(Template)]
#[template(path = "mail/messages/factor_taken.txt")]
struct TakenText<'a> {
    frame: &'a Frame<'a>,
    phrases: &'a TakenPhrases<'a>,
    about: &'a FactorTaken<'a>,
}

/// `messages/factor_taken.html`
#[derive(Template)]
#[template(path = "mail/messages/factor_taken.html")]
struct TakenHtml<'a> {
    frame: &'a Frame<'a>,
    phrases: &'a TakenPhrases<'a>,
    about: &'a FactorTaken<'a>,
}

#[cfg(test)]
mod tests;
