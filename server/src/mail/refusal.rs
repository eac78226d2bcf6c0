//! What a mail server means when it says no: whose matter it is, and which fault of our catalogue.
//!
//! A reply (RFC 5321 §4.2) is told by its *enhanced status code* first (RFC 3463; the registry that RFC 5248 set up), then
//! by its three digits, and by where in the conversation it came: the same `550` is about our host after EHLO, about our
//! sender after MAIL, about the recipient after RCPT and about the message after DATA. Its first digit says whether the
//! same may succeed later; 421 is the server's good-bye wherever it comes. Words decide only where the standards have one
//! number for several things: relaying that is denied and a mistrusted EHLO name both hide behind 5.7.1. They are whole
//! words, and never those that a reply quotes: a mailbox may be called `helo` or `relay`.
//!
//! | where | whose matter it is |
//! |---|---|
//! | up to MAIL, whatever the digits | the server's: every mail meets the same; but for this mail's size, letters and parameters |
//! | from RCPT on | this mail's, for now (4xx, and what is said of us) or for good (5xx) |
//! | 421, or more than we may send, wherever | the server's |
//!
//! A connection that ends is a 451 at that command (RFC 5321 §3.8), and so is silence.
//!
//! Servers like to put off what they think of us until they know the recipient (Postfix's `smtpd_delay_reject`). What is
//! said of our host, our sender or how much we send is the operator's matter there too, and no user loses a mail over it. But a
//! server that has let us in and taken our sender, and minds us only at one recipient, takes others' mails: that one waits alone.

use domain::Fault;

/// How far a conversation had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// Connecting, the greeting, EHLO.
    Hello,
    /// STARTTLS (RFC 3207).
    StartTls,
    /// AUTH (RFC 4954).
    Auth,
    /// MAIL: whom it is from.
    Sender,
    /// RCPT: whom it is for.
    Recipient,
    /// DATA, the answer to it, and the message up to its end.
    Data,
    /// The message has been sent whole. From here on the server may have taken it, whatever becomes of the connection.
    Content,
}

impl Stage {
    /// Whose matter is what we have to change about ourselves. Up to MAIL every mail meets the same; who says it only of a
    /// recipient may say it of that one.
    pub(super) fn ours(self) -> Matter {
        if self < Self::Recipient { Matter::Server } else { Matter::Later }
    }
}

/// Who has to deal with a refusal, and whether the same may be asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Matter {
    /// The server's: every mail would have met it.
    Server,
    /// This mail's, for now: it is tried again for a day (RFC 5321 §4.5.4.1).
    Later,
    /// This mail's, for good.
    Final,
}

/// Whom a mail is from and for: replies quote them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parties<'a> {
    pub(super) sender: &'a str,
    pub(super) recipient: &'a str,
}

/// What a reply means that begins with 4 or 5. `text` is what stands behind the three digits, in one line.
pub(super) fn meaning(stage: Stage, code: u16, text: &str, parties: Parties<'_>) -> (Fault, Matter) {
    let reply = Reply::read(code, text, parties);
    match stage {
        _ if code == 421 => (Fault::MailUnavailable, Matter::Server),
        _ if reply.wants_encryption() => (Fault::MailTlsRequired, stage.ours()),
        _ if reply.is_about_our_name() => (Fault::MailHostRefused, stage.ours()),
        Stage::Hello => (reply.about_our_host(), Matter::Server),
        Stage::StartTls => (Fault::MailUnavailable, Matter::Server),
        Stage::Auth => (reply.about_our_credentials(), Matter::Server),
        Stage::Sender if reply.wants_authentication() => (Fault::MailUnauthorized, Matter::Server),
        // What many servers say at RCPT, others say as soon as they know from whom a mail is.
        Stage::Sender => match reply.about_us() {
            Some((fault, _)) => (fault, Matter::Server),
            None => reply.about_the_sender(),
        },
        Stage::Recipient | Stage::Data | Stage::Content => {
            let about = match stage {
                Stage::Recipient => Reply::about_the_recipient,
                Stage::Data if reply.is_permanent() && reply.words.say_any(&NOBODY) => {
                    |_: &Reply| (Fault::MailboxUnknown, Matter::Final)
                }
                _ => Reply::about_the_message,
            };
            reply.for_now(reply.about_us().unwrap_or_else(|| about(&reply)))
        }
    }
}

struct Reply {
    code: u16,
    status: Option<Status>,
    words: Words,
    /// The reply begins with our sender's address, as Postfix does to say what it is about.
    names_the_sender: bool,
}

/// A reply's words in lower case, with one space before and behind each; without what it quotes.
struct Words(String);

impl Words {
    /// What stands in angle brackets, has an @ or is the name of a host or of the recipient is quoted.
    fn read(text: &str, recipient: &str) -> Self {
        let mut own = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, behind)) = rest.split_once('<') {
            let Some((_, behind)) = behind.split_once('>') else { break };
            own.push_str(before);
            own.push(' ');
            rest = behind;
        }
        own.push_str(rest);
        let name = recipient.rsplit_once('@').map_or("", |(name, _)| name).to_lowercase();
        let is_quoted = |word: &str| {
            let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
            word.contains(['@', '<', '>']) || word.contains("%40") || bare.contains('.') || bare == name
        };
        let own = own.to_lowercase();
        let words = own.split_whitespace().filter(|word| !is_quoted(word));
        let words = words.flat_map(|word| word.split(|c: char| !c.is_alphanumeric())).filter(|word| !word.is_empty());
        Self(words.fold(" ".to_owned(), |all, word| all + word + " "))
    }

    fn say(&self, phrase: &str) -> bool {
        self.0
            .match_indices(phrase)
            .any(|(at, _)| self.0[..at].ends_with(' ') && self.0[at + phrase.len()..].starts_with(' '))
    }

    fn say_any(&self, phrases: &[&str]) -> bool {
        phrases.iter().any(|phrase| self.say(phrase))
    }
}

/// The second and third part of an enhanced status code; the first one repeats the reply's first digit (RFC 2034 §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Status(u16, u16);

impl Status {
    /// The code that begins a reply's text, as RFC 2034 has it, or ends it, as qmail writes it: `no such user (#5.1.1)`.
    fn read(text: &str) -> Option<Self> {
        status_of(text).and_then(Self::parse).or_else(|| {
            let (_, behind) = text.rsplit_once("(#")?;
            Self::parse(behind.split(')').next()?)
        })
    }

    fn parse(word: &str) -> Option<Self> {
        let mut parts = word.split('.');
        let mut part = |digits: usize| {
            let part = parts.next().filter(|part| (1..=digits).contains(&part.len()))?;
            part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<u16>().ok())?
        };
        let (class, subject, detail) = (part(1)?, part(3)?, part(3)?);
        (matches!(class, 4 | 5) && parts.next().is_none()).then_some(Self(subject, detail))
    }

    /// Whether it leaves nothing for words to say: an address, a mailbox or a message, or more of security than that it is
    /// not permitted.
    const fn is_specific(self) -> bool {
        matches!(self, Self(1 | 2 | 6, 1..) | Self(3, 4) | Self(7, 2..))
    }
}

/// The enhanced status code that begins a line of a reply.
pub(super) fn status_of(line: &str) -> Option<&str> {
    let first = line.split(|c: char| c.is_whitespace() || c == '-').find(|word| !word.is_empty())?;
    Status::parse(first).map(|_| first)
}

impl Reply {
    fn read(code: u16, text: &str, Parties { sender, recipient }: Parties<'_>) -> Self {
        let status = Status::read(text);
        let named = text.split_whitespace().find(|word| Status::parse(word).is_none()).unwrap_or_default();
        let named = named.trim_matches(|c: char| !c.is_alphanumeric());
        let names_the_sender = !sender.is_empty()
            && named.eq_ignore_ascii_case(sender.trim_matches(|c: char| !c.is_alphanumeric()))
            && !sender.eq_ignore_ascii_case(recipient);
        Self { code, status, words: Words::read(text, recipient), names_the_sender }
    }

    const fn is_permanent(&self) -> bool {
        self.code >= 500
    }

    /// Whether it is left to words what the reply is about.
    fn is_vague(&self) -> bool {
        !self.status.is_some_and(Status::is_specific)
    }

    /// What is for good only if the server says so.
    fn for_now(&self, (fault, matter): (Fault, Matter)) -> (Fault, Matter) {
        match matter {
            Matter::Final if !self.is_permanent() => (fault, Matter::Later),
            matter => (fault, matter),
        }
    }

    /// The name that we gave in EHLO. Only servers' words tell it from other mistrust.
    fn is_about_our_name(&self) -> bool {
        let words = &self.words;
        words.say_any(&["helo command rejected", "ehlo command rejected"])
            || self.is_vague()
                && words.say_any(&["helo", "ehlo"])
                && words.say_any(&["reject", "rejected", "invalid", "fully", "fqdn", "hostname", "host name"])
    }

    /// What is said of us from MAIL on, where it is not the recipient's or the message's matter. It holds for every mail, but
    /// not every receiving side minds: the mails of others are tried all the same.
    fn about_us(&self) -> Option<(Fault, Matter)> {
        let words = &self.words;
        // Of 5.7.x only this one is said of the client by whoever knows the recipient; the others are about that one.
        if matches!(self.code, 530 | 535) || self.status == Some(Status(7, 57)) {
            return Some((Fault::MailUnauthorized, Matter::Later));
        }
        let minds_our_host = matches!(self.status, Some(Status(7, 25 | 28 | 511 | 606..=649 | 708)));
        if minds_our_host
            || words.say("client host") && words.say_any(&["rejected", "blocked"])
            || self.is_on_a_block_list()
        {
            return Some((Fault::MailHostRefused, Matter::Later));
        }
        if self.names_the_sender || words.say("sender address rejected") {
            return Some((Fault::MailSenderRefused, Matter::Later));
        }
        if !self.is_vague() {
            return None;
        }
        if words.say_any(&AUTHENTICATE) {
            return Some((Fault::MailUnauthorized, Matter::Later));
        }
        if words.say_any(&NAMELESS) {
            return Some((Fault::MailHostRefused, Matter::Later));
        }
        // What the sender's domain says, where the number does not say that it is about this.
        if words.say_any(&["spf", "dkim", "dmarc"]) {
            return Some((Fault::MailSenderRefused, Matter::Later));
        }
        if words.say_any(&["sender rejected", "sender verify failed", "sender verification failed"]) {
            return Some((Fault::MailSenderRefused, Matter::Later));
        }
        if self.denies_relaying() {
            return Some((Fault::MailRelayDenied, Matter::Later));
        }
        if words.say_any(&LOOP) {
            return Some((Fault::MailUnavailable, Matter::Later));
        }
        // How much we send, or how much is in its way: it is the same for every mail.
        let is_too_much = self.is_permanent() && (self.status == Some(Status(3, 1)) || self.limits_the_sender());
        is_too_much.then_some((Fault::MailUnavailable, Matter::Server))
    }

    /// Our host's address is on a list that the server asks.
    fn is_on_a_block_list(&self) -> bool {
        let words = &self.words;
        let lists = ["spamhaus", "barracuda", "spamcop", "sorbs", "dnsbl", "rbl", "blocklist", "blacklist"];
        words.say_any(&lists) && words.say_any(&["listed", "blocked"])
            || words.say("your ip") && words.say("listed")
            || words.say("network") && words.say_any(&["block list", "blocklist"])
            // As Postfix has it; a list that is named by its host is not among the words.
            || words.say("blocked using")
    }

    /// A limit on what is sent through this server, and not the size of a message or of a mailbox.
    fn limits_the_sender(&self) -> bool {
        let words = &self.words;
        words.say_any(&["limit", "limits", "quota", "rate"])
            && words.say_any(&["exceed", "exceeds", "exceeded", "reached"])
            && words.say_any(&["sending", "sender", "senders", "daily", "hourly", "outgoing", "outbound", "rate"])
            && !words.say_any(&["size", "mailbox", "recipient", "recipients", "storage"])
    }

    /// RFC 3207 §4, RFC 4954 §6, RFC 5248: nothing is done, or nobody let in, before STARTTLS. Neither
    /// credentials are to blame nor whom a mail is for.
    fn wants_encryption(&self) -> bool {
        matches!(self.code, 523 | 524 | 538)
            || self.status == Some(Status(7, 10))
            || self.code == 530 && self.words.say_any(&["starttls", "tls", "encryption"])
            || self.words.say_any(&ENCRYPT)
    }

    /// MAIL: RFC 4954 §6, RFC 5248: authentication is required, too weak, expired or failed.
    fn wants_authentication(&self) -> bool {
        match self.status {
            Some(Status(7, 8 | 9 | 11 | 12 | 13 | 14 | 57)) => true,
            _ => matches!(self.code, 432 | 525 | 530 | 534 | 535),
        }
    }

    /// The greeting, or the answer to EHLO (RFC 5321 §4.3.2): 501, 504 and 550 are about the name.
    fn about_our_host(&self) -> Fault {
        match (self.code, self.status) {
            (501 | 504 | 550 | 553 | 554, _) | (500.., Some(Status(7, _))) => Fault::MailHostRefused,
            _ => Fault::MailUnavailable,
        }
    }

    fn about_our_credentials(&self) -> Fault {
        // 454 4.7.0: the server cannot check them just now.
        if self.is_permanent() || self.code == 432 { Fault::MailUnauthorized } else { Fault::MailUnavailable }
    }

    /// The answer to MAIL. Every mail has the same sender, and no recipient has been named yet.
    fn about_the_sender(&self) -> (Fault, Matter) {
        match (self.code, self.status) {
            // Its size, or its letters (RFC 6531 §3.5).
            (_, Some(status @ (Status(3, 4) | Status(2, 3) | Status(6, _)))) => {
                self.for_now(self.by_status(status).unwrap_or((Fault::MailContentRefused, Matter::Final)))
            }
            // A parameter, and only a mail that needs one gives one.
            (555, _) | (_, Some(Status(5, 4))) => (Fault::MailUnavailable, Matter::Later),
            (_, Some(Status(1, 7 | 8) | Status(7, 20..=27))) => (Fault::MailSenderRefused, Matter::Server),
            // It has no room, or too much to do; or the command itself or its order is wrong (RFC 5321 §4.3.2). How large
            // a mail is it was not told.
            (..=503 | 552, _) | (_, Some(Status(3..=5, _))) => (Fault::MailUnavailable, Matter::Server),
            _ => (Fault::MailSenderRefused, Matter::Server),
        }
    }

    /// The answer to RCPT.
    fn about_the_recipient(&self) -> (Fault, Matter) {
        let fault = match (self.status, self.code) {
            (Some(status), _) => match self.by_status(status) {
                Some(found) => return found,
                None => Fault::MailNotTaken,
            },
            (None, 550 | 551 | 553 | 501) => Fault::MailboxUnknown,
            (None, 452 | 552) => Fault::MailboxFull,
            // RFC 7504: the domain takes no mail.
            (None, 521 | 556) => Fault::MailDomainUnknown,
            (None, 500 | 502 | 503 | 504 | 555) => return (Fault::MailUnavailable, Matter::Later),
            (None, _) => Fault::MailNotTaken,
        };
        (self.or_put_off(fault), Matter::Final)
    }

    /// The answer to DATA and to the message: the recipient has been taken already.
    fn about_the_message(&self) -> (Fault, Matter) {
        let fault = match (self.status, self.code) {
            (Some(status), _) => match self.by_status(status) {
                Some(found) => return found,
                None => Fault::MailNotTaken,
            },
            (None, 552) => Fault::MailboxFull,
            (None, 550 | 554) => Fault::MailBlocked,
            (None, 500..=504 | 555) => return (Fault::MailUnavailable, Matter::Later),
            (None, _) => Fault::MailNotTaken,
        };
        (self.or_put_off(fault), Matter::Final)
    }

    /// RFC 3463 §3.2 to §3.8 and the registry of RFC 5248.
    fn by_status(&self, Status(subject, detail): Status) -> Option<(Fault, Matter)> {
        let fault = match (subject, detail) {
            (1, 0 | 1 | 3 | 4 | 6) | (7, 17 | 18) => Fault::MailboxUnknown,
            // The registry has it for a domain that wants no mail; Exchange means that nobody has the address.
            (1, 10) if self.words.say("recipient not found") => Fault::MailboxUnknown,
            // The registry has it for a host that does not answer; Exchange Online means that nobody has the address.
            (4, 1) if self.is_permanent() && self.words.say("recipient address rejected") => Fault::MailboxUnknown,
            // A domain that is not there (Exchange: 310), or wants no mail (RFC 7505), or has no way that leads to it.
            (1, 2 | 10) => Fault::MailDomainUnknown,
            (4, 4 | 310) if self.is_permanent() => Fault::MailDomainUnknown,
            // The network and the way through it, such as one that leads round in a circle (RFC 3463 §3.5): whoever
            // keeps the mail servers can change it, and no address is to blame.
            (4, _) if self.is_permanent() => return Some((Fault::MailUnavailable, Matter::Later)),
            (2, 1) | (7, 13) => Fault::MailboxInactive,
            (2, 2) => Fault::MailboxFull,
            (2, 3) | (3, 4) => Fault::MailContentRefused,
            (6, 7..=10) => Fault::MailAddressUnsupported,
            (6, _) => Fault::MailContentRefused,
            // Ours: the sender, and what its domain and our host say about it (RFC 7372). They hold for every mail, but
            // not every receiving side minds.
            (1, 7 | 8) | (7, 20..=24 | 26 | 27 | 29 | 60 | 509 | 515 | 750) => {
                return Some((Fault::MailSenderRefused, Matter::Later));
            }
            (7, 54 | 64) => return Some((Fault::MailRelayDenied, Matter::Later)),
            // What we said, or how: no recipient is to blame for that.
            (5, _) => return Some((Fault::MailUnavailable, Matter::Later)),
            (7, _) => Fault::MailBlocked,
            _ => return None,
        };
        Some((self.or_put_off(fault), Matter::Final))
    }

    /// What is only put off blames nobody, unless the reason is one that somebody can fix meanwhile.
    const fn or_put_off(&self, fault: Fault) -> Fault {
        match fault {
            Fault::MailboxFull | Fault::MailboxInactive | Fault::MailDomainUnknown => fault,
            _ if self.is_permanent() => fault,
            _ => Fault::MailPutOff,
        }
    }

    /// There is no number for it (Postfix 554 5.7.1, Exim 550, Exchange 550 5.7.54, qmail 553 #5.7.1).
    fn denies_relaying(&self) -> bool {
        let words = &self.words;
        words.say("rcpthosts")
            || words.say_any(&["relay", "relaying"])
                && words.say_any(&["denied", "permitted", "allowed", "disallowed", "prohibited", "rejected", "refused"])
            || words.say_any(&["unable to relay", "cannot relay", "not relay"])
    }
}

/// How servers ask for credentials in a reply whose numbers do not say so.
const AUTHENTICATE: [&str; 6] = [
    "smtp authentication",
    "smtp auth",
    "authentication required",
    "authentication is required",
    "must authenticate",
    "not authenticated",
];

/// How servers say that our host's address leads to no name.
const NAMELESS: [&str; 4] = ["ptr record", "ptr records", "reverse dns", "reverse hostname"];

/// How servers say that a mail goes round in a circle.
const LOOP: [&str; 5] = ["too many hops", "hop count exceeded", "mail loop", "routing loop", "is looping"];

/// How servers that have taken a recipient say at DATA that they do not (RFC 5321 §4.1.1.4).
const NOBODY: [&str; 3] = ["no valid recipients", "no valid recipient", "valid rcpt command must precede"];

/// How servers ask for encryption in a reply whose numbers do not say so.
const ENCRYPT: [&str; 5] =
    ["starttls is required", "starttls required", "tls is required", "tls required", "encryption is required"];

#[cfg(test)]
mod tests;
