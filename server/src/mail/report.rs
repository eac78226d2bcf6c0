//! What a mail server reports of a mail that it took: a delivery status notification (RFC 3464), or a mail that came back as mail
//! servers of old write it.
//!
//! A report says what became of a mail, and never of which: whoever asks knows that by the address that it came to.

use domain::{EmailAddress, Fault};
use mail_parser::{Message, MessageParser, MimeHeaders as _};

use super::{
    No,
    refusal::{Parties, Stage, meaning, status_of},
};
use crate::quotation::quote;

/// The longest report that is read, in bytes. What servers return of a mail, which comes last in it, is seldom longer than the
/// mail itself, and that is short.
pub const LARGEST: usize = 1 << 20;

/// How many lines of a mail that is no notification are searched for a reason, and how much of one is kept.
const LINES: usize = 60;
const LONGEST: usize = 2_000;

/// What became of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// It could not be delivered.
    Failed {
        /// What is told of it.
        told: No,
        /// What the receiving side minds, which may be about us.
        cause: Fault,
    },
    /// It could not be delivered yet, and is tried again.
    Delayed(No),
    /// It was delivered.
    Delivered,
}

/// Reads a report on a mail to this recipient; nothing, if it is something else: a note that somebody is out of office, a receipt, a
/// complaint.
#[must_use]
pub fn read(message: &[u8], recipient: &EmailAddress) -> Option<Report> {
    let message = MessageParser::default().parse(message)?;
    let notification = message.parts.iter().find(|part| {
        part.content_type().is_some_and(|kind| {
            let subtype = kind.subtype().unwrap_or_default().to_ascii_lowercase();
            kind.ctype().eq_ignore_ascii_case("message")
                && matches!(&*subtype, "delivery-status" | "global-delivery-status")
        })
    });
    let told = match notification {
        Some(part) => Told::in_fields(&String::from_utf8_lossy(part.contents()))?,
        None if is_another_report(&message) => return None,
        None => Told::in_words(&message)?,
    };
    Some(told.report(recipient))
}

/// A multipart/report of another kind: a receipt (RFC 8098), a complaint (RFC 5965).
fn is_another_report(message: &Message<'_>) -> bool {
    message.content_type().is_some_and(|kind| kind.subtype().is_some_and(|kind| kind.eq_ignore_ascii_case("report")))
}

/// What happened, in order of what counts if several things are said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Action {
    Failed,
    Delayed,
    Delivered,
}

/// What a report says.
struct Told {
    action: Action,
    /// An enhanced status code (RFC 3463), if one is given that says something.
    status: Option<String>,
    /// What the receiving side said, if that is known.
    said: String,
}

impl Told {
    /// The fields of a notification: of the mail, and of each recipient, with empty lines between. A mail of ours has one
    /// recipient, whatever it is called by now.
    fn in_fields(text: &str) -> Option<Self> {
        let mut groups = vec![Vec::<(String, String)>::new()];
        for line in text.lines() {
            let group = groups.last_mut()?;
            match line.split_once(':') {
                _ if line.trim().is_empty() => groups.push(Vec::new()),
                _ if line.starts_with([' ', '\t']) => {
                    if let Some((_, value)) = group.last_mut().filter(|(_, value)| value.len() < LONGEST) {
                        value.push(' ');
                        value.push_str(line.trim());
                    }
                }
                Some((name, value)) => group.push((name.trim().to_ascii_lowercase(), value.trim().to_owned())),
                None => {}
            }
        }
        groups.iter().filter_map(|group| Self::in_group(group)).min_by_key(|told| told.action)
    }

    fn in_group(fields: &[(String, String)]) -> Option<Self> {
        let field = |name: &str| fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        let status = field("status").and_then(|value| value.split_whitespace().next());
        let action = field("action").and_then(|value| value.split_whitespace().next()).map(str::to_ascii_lowercase);
        let action = match (action.as_deref(), status.and_then(|status| status.chars().next())) {
            (Some("failed"), _) | (None, Some('5')) => Action::Failed,
            (Some("delayed"), _) | (None, Some('4')) => Action::Delayed,
            (Some("delivered" | "relayed" | "expanded"), _) | (None, Some('2')) => Action::Delivered,
            _ => return None,
        };
        // What follows the kind of diagnostic: `smtp; 550 5.1.1 …`, `x-unix; …`.
        let said = field("diagnostic-code").map(|value| value.split_once(';').map_or(value, |(_, said)| said).trim());
        let status = status.and_then(status_of).filter(|status| !status.ends_with(".0.0")).map(str::to_owned);
        Some(Self { action, status, said: cut(said.unwrap_or_default()) })
    }

    /// A mail that came back with words alone, from whoever delivers mails. Others answer mails: with a holiday's greeting, or
    /// to ask who this is.
    fn in_words(message: &Message<'_>) -> Option<Self> {
        if !is_from_a_mail_server(message) {
            return None;
        }
        let text = message.body_text(0).unwrap_or_default();
        let said = text.lines().take(LINES).find_map(reply_in).unwrap_or_default();
        let subject = message.subject().unwrap_or_default().to_lowercase();
        let is_warning = subject.starts_with("warning") || subject.contains("delayed");
        let action = if is_warning { Action::Delayed } else { Action::Failed };
        Some(Self { action, status: None, said: cut(said) })
    }

    fn report(self, recipient: &EmailAddress) -> Report {
        let Self { action, status, said } = self;
        if action == Action::Delivered {
            return Report::Delivered;
        }
        let (code, text) = as_reply(action, status.as_deref(), &said);
        let (cause, _) = meaning(Stage::Recipient, code, &text, Parties { sender: "", recipient: recipient.as_str() });
        let local = recipient.as_str().rsplit_once('@').map_or("", |(local, _)| local);
        let said = quote(if said.is_empty() { status.as_deref().unwrap_or_default() } else { &said }, &[local]);
        match action {
            Action::Failed => Report::Failed { told: No { fault: for_good(cause, code), said }, cause },
            _ => Report::Delayed(No { fault: for_now(cause), said }),
        }
    }
}

/// As a mail server would have said it: three digits and a text that begins with the enhanced status code.
fn as_reply(action: Action, status: Option<&str>, said: &str) -> (u16, String) {
    let digits = said.get(..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let code = digits.and_then(|digits| digits.parse().ok()).filter(|code| (400..600).contains(code));
    let rest = if code.is_some() { said[3..].trim_start_matches([' ', '-']) } else { said };
    let class = status.or_else(|| status_of(rest)).and_then(|status| status.chars().next());
    let code = code.unwrap_or(match (class, action) {
        (Some('4'), _) | (None, Action::Delayed) => 450,
        // No server says so: what 550 would mean of itself is not said.
        _ => 554,
    });
    match status.filter(|_| status_of(rest).is_none()) {
        Some(status) => (code, format!("{status} {rest}")),
        None => (code, rest.to_owned()),
    }
}

/// What is told of a mail that came back, when nothing is sent again by itself: what came back for what we are has been, for a day.
const fn for_good(cause: Fault, code: u16) -> Fault {
    match cause {
        Fault::MailPutOff => Fault::MailGivenUp,
        Fault::MailUnavailable if code < 500 => Fault::MailGivenUp,
        Fault::MailUnavailable => Fault::MailNotTaken,
        Fault::MailRelayDenied
        | Fault::MailHostRefused
        | Fault::MailSenderRefused
        | Fault::MailUnauthorized
        | Fault::MailTlsRequired => Fault::MailGivenUp,
        known => known,
    }
}

/// What is told of a mail that is tried again by somebody else: nobody here has to fix anything, but a user may have to make room.
const fn for_now(cause: Fault) -> Fault {
    match cause {
        Fault::MailboxFull | Fault::MailboxInactive | Fault::MailDomainUnknown => cause,
        _ => Fault::MailPutOff,
    }
}

fn is_from_a_mail_server(message: &Message<'_>) -> bool {
    let from = message.from().and_then(|from| from.first()).and_then(|from| from.address()).unwrap_or_default();
    let name = from.split('@').next().unwrap_or_default().to_ascii_lowercase();
    matches!(&*name, "mailer-daemon" | "postmaster")
        || name.starts_with("microsoftexchange")
        || message.header("X-Failed-Recipients").is_some()
}

/// A mail server's words in a line of text, from its digits on.
fn reply_in(line: &str) -> Option<&str> {
    let words = line.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at);
    let begins =
        |at: &usize| !line[..*at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'));
    words.filter(begins).map(|at| &line[at..]).find(|rest| {
        let is_reply = rest.len() > 4
            && rest.starts_with(['4', '5'])
            && rest.as_bytes()[1..3].iter().all(u8::is_ascii_digit)
            && rest[3..].starts_with([' ', '-']);
        is_reply || status_of(rest.trim_end_matches([')', ',', ';', ':'])).is_some()
    })
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests;
