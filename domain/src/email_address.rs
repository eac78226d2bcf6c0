//! An email address that was parsed once and is valid wherever the type appears.

use std::{borrow::Cow, fmt, str::FromStr};

use email_address::Options;
use idna::{
    AsciiDenyList,
    uts46::{DnsLength, Hyphens, Uts46},
};
use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::{
    fault::Fault,
    typed::{as_meant, as_pasted, bracketed, destination},
};

/// The longest address that mail can be sent to (RFC 5321 §4.5.3.1.3), in bytes.
const LONGEST: usize = 254;

/// A deliverable-looking address: `local@domain.tld`.
///
/// However one mailbox is written, it is the same value: without what nobody sees (zero-width characters, marks of
/// direction), wide letters as the usual ones, letters composed (NFC), the domain in lower case and in the letters of its
/// language (`xn--…` is decoded). The local part's case is kept as typed; [`EmailAddress::key`] does not tell it.
/// Neither `Debug` nor a log line shows an address.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses what a person typed; white space around it and a full stop at its end are forgiven (telephones make one of
    /// two spaces).
    ///
    /// # Errors
    /// [`Fault::InvalidAddress`] if it is not an address that mail could reach: neither `ann@localhost` nor
    /// `ann@127.0.0.1` nor `ann@[127.0.0.1]` leads to a mailbox of the public mail system.
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        Self::read(typed).ok_or(Fault::InvalidAddress)
    }

    /// Parses what a person typed or pasted into a field for one address: with what stands around it in mails, on pages and in
    /// lists, `Ann Lee <ann@acme.com>`, `mailto:ann@acme.com` or `ann@acme.com,`. Which of two is meant nobody can tell.
    ///
    /// # Errors
    /// As [`EmailAddress::parse`], of which this takes everything.
    pub fn pasted(typed: &str) -> Result<Self, Fault> {
        Self::parse(typed).or_else(|_| Self::inside(typed))
    }

    fn inside(text: &str) -> Result<Self, Fault> {
        let pasted = as_pasted(text);
        let (name, address) = bracketed(&pasted);
        let address = Self::parse(destination(address, &["mailto:", "smtp:", "sip:", "sips:"]))?;
        let is_another = |other: Self| other.key() != address.key();
        match name.contains('<') || Self::pasted(name).is_ok_and(is_another) {
            true => Err(Fault::InvalidAddress),
            false => Ok(address),
        }
    }

    /// The address that an earlier [`EmailAddress::as_str`] gave. What is refused today may have been taken in by an
    /// earlier version: it stays what it is.
    #[must_use]
    pub fn from_stored(text: &str) -> Self {
        // Lists are long, and most addresses are such that reading them could change nothing.
        let read = if is_plain(text) { None } else { Self::read(text) };
        read.unwrap_or_else(|| Self(text.to_owned()))
    }

    fn read(typed: &str) -> Option<Self> {
        let meant = as_meant(typed);
        let (local, domain) = meant.trim().rsplit_once('@')?;
        let local: String = local.replace(['\u{200c}', '\u{200d}'], "").nfc().collect();
        // Quoted local parts are legal and never what somebody meant; they are how header injections begin.
        if local.contains(|c: char| c == '"' || c.is_control() || c.is_whitespace()) {
            return None;
        }
        let ascii = domain_in_ascii(domain)?;
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let on_the_wire = format!("{local}@{ascii}");
        email_address::EmailAddress::parse_with_options(&on_the_wire, options).ok()?;
        let (domain, decoded) = Uts46::new().to_unicode(ascii.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast);
        decoded.ok()?;
        // No top-level domain has a sign, though names may: it is what stood behind the address.
        let is_letter = |c: char| c.is_alphabetic() || is_combining_mark(c);
        domain.rsplit('.').next().filter(|last| last.chars().all(is_letter))?;
        (on_the_wire.len() <= LONGEST).then(|| Self(format!("{local}@{domain}")))
    }

    /// The address as people know it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its domain as it stands in the DNS.
    #[must_use]
    pub fn domain_in_dns(&self) -> Option<String> {
        domain_in_ascii(self.0.rsplit_once('@')?.1)
    }

    /// What two addresses are compared by: no mail provider of note tells `Ann@` from `ann@`.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase().nfc().collect()
    }

    /// What mails to it are counted by: the mailbox that it leads to, as far as that can be told. Behind a `+` stands what
    /// its owner sorts by (RFC 5233), and Google sees no full stops. Only a limit may take two people for one like that.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let key = self.key();
        let Some((local, domain)) = key.rsplit_once('@') else { return key };
        let owner = local.split_once('+').map(|(owner, _)| owner).filter(|owner| !owner.is_empty()).unwrap_or(local);
        match domain {
            "gmail.com" | "googlemail.com" => format!("{}@gmail.com", owner.replace('.', "")),
            _ => format!("{owner}@{domain}"),
        }
    }

    /// Enough for its owner to recognise it, too little for anyone else: `a•••@acme.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}•••@{domain}")
    }
}

/// Whether there is nothing about it that can be written in another way: it is an address as it stands, or none.
fn is_plain(text: &str) -> bool {
    let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'+' | b'-' | b'@');
    text.bytes().all(plain) && !text.ends_with('.') && !text.contains("xn--")
}

/// A domain of the public mail system as it stands in DNS: at least two labels, the last of them of letters (RFC 3696
/// §2), which no IP address has.
fn domain_in_ascii(domain: &str) -> Option<String> {
    let ascii = Uts46::new()
        .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::VerifyAllowRootDot)
        .ok()
        .map(Cow::into_owned)?;
    let ascii = ascii.strip_suffix('.').unwrap_or(&ascii);
    let (_, last) = ascii.rsplit_once('.')?;
    let letters = last.len() > 1 && last.bytes().all(|c| c.is_ascii_alphabetic());
    (letters || last.starts_with("xn--")).then(|| ascii.to_owned())
}

/// Whether something may become an address once it is complete; only [`EmailAddress::parse`] knows. For a page that
/// waits until somebody has finished typing, where all that is known of letters and domains would be too much to load.
#[must_use]
pub fn looks_complete(typed: &str) -> bool {
    let typed = typed.trim();
    let dotted = |domain: &str| domain.trim_matches('.').contains(['.', '。', '．']);
    typed.rsplit_once(['@', '＠']).is_some_and(|(local, domain)| !local.is_empty() && dotted(domain))
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EmailAddress(…)")
    }
}

impl FromStr for EmailAddress {
    type Err = Fault;
    fn from_str(typed: &str) -> Result<Self, Fault> {
        Self::parse(typed)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Fault;
    fn try_from(typed: String) -> Result<Self, Fault> {
        Self::parse(&typed)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(typed: &str) -> Option<String> {
        EmailAddress::parse(typed).ok().map(String::from)
    }

    proptest! {
        #[test]
        fn what_is_plain_stays_as_it_is(text in "[a-z0-9._+-]{0,8}@?[a-z0-9._+@-]{0,8}\\.?[a-z]{0,4}|(a@|b.)?xn--[a-z0-9.-]{0,9}") {
            let read = EmailAddress::read(&text).map_or_else(|| text.clone(), String::from);
            prop_assert_eq!(String::from(EmailAddress::from_stored(&text)), read);
        }
    }

    #[test]
    fn accepts_what_people_have() {
        for typed in [
            "ann@acme.com",
            "ann.lee+x@sub.acme.co.uk",
            "o'neil@acme.ie",
            "мария@пример.бг",
            "ann@r3---sn.example",
            "ann@1.2.example",
            "用户@例子.公司",
            "ann@acme.சிங்கப்பூர்",
        ] {
            assert_eq!(parsed(typed).as_deref(), Some(typed));
            assert!(looks_complete(typed));
        }
    }

    #[test]
    fn refuses_what_mail_cannot_reach() {
        let long = format!("{}@acme.com", "a".repeat(65));
        let longer = format!("ann@{}com", "abcdefgh.".repeat(30));
        for typed in [
            "",
            "ann",
            "ann@",
            "@acme.com",
            "ann@acme",
            "ann@localhost",
            "ann@.com",
            "ann@acme.",
            "ann@acme..com",
            "ann@acme.com..",
            "ann@acme.c",
            "ann@-acme.com",
            "ann@ac_me.com",
            "ann@acme.com:25",
            "ann@127.0.0.1",
            "ann@１２７.０.０.１",
            "ann@127。0。0。1",
            "ann@[127.0.0.1]",
            "ann@[IPv6:::1]",
            "ann@::1",
            "ann@127.1",
            "ann@2130706433",
            "ann@acme.123",
            "ann@acme.0x7f",
            "ann@xn--ls8h-.com",
            "ann@xn--a.com",
            "ann@acme.com、",
            "ann@acme.com”",
            "a b@acme.com",
            "a\u{a0}b@acme.com",
            "ann@ac me.com",
            "ann@bob@acme.com",
            ".ann@acme.com",
            "ann.@acme.com",
            "Ann <ann@acme.com>",
            "ann@acme.com\r\nBcc: x@y.zz",
            "ann\u{0}@acme.com",
            "\"a b\"@acme.com",
            "\"ann\"@acme.com",
            "ann@ac\u{200d}me.com",
            &long,
            &longer,
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(Fault::InvalidAddress), "{typed}");
        }
    }

    #[test]
    fn an_address_may_be_as_long_as_one_can_be() {
        let of_length = |length: usize| {
            let (local, tail) = ("a".repeat(64), format!("{}com", "abcdefgh.".repeat(18)));
            let first = "b".repeat(length - local.len() - 2 - tail.len());
            format!("{local}@{first}.{tail}")
        };
        assert!(EmailAddress::parse(&of_length(LONGEST)).is_ok());
        assert_eq!(EmailAddress::parse(&of_length(LONGEST + 1)), Err(Fault::InvalidAddress));
    }

    #[test]
    fn what_is_still_being_typed_does_not_look_complete() {
        for typed in ["", "ann", "ann@", "ann@acme", "ann@acme.", "ann@.com", "@acme.com", "acme.com"] {
            assert!(!looks_complete(typed), "{typed}");
        }
    }

    #[test]
    fn one_mailbox_is_one_address_however_it_is_written() {
        for (address, typed) in [
            ("ann@acme.com", " ann@ACME.com \n"),
            ("ann@acme.com", "ann@acme.com."),
            ("ann@acme.com", "ann@acme.com. "),
            ("ann@acme.com", "ann@acme。com"),
            ("ann@acme.com", "ａｎｎ＠ａｃｍｅ．ｃｏｍ"),
            ("ann@acme.com", "\u{feff}ann@acme.com\u{200b}"),
            ("ann@acme.com", "\u{202a}ann@ac\u{ad}me.com\u{202c}"),
            ("ann@acme.com", "a\u{200b}n\u{200d}n@ac\u{2060}me.com"),
            ("zoé@café.example", "zoe\u{301}@cafe\u{301}.example"),
            ("zoé@café.example", "zoé@CAFÉ.example"),
            ("zoé@café.example", "zoé@xn--caf-dma.example"),
            ("zoé@café.example", "zoé@XN--CAF-DMA.example"),
            ("мария@пример.бг", "мария@xn--e1afmkfd.xn--90ae"),
            ("мария@пример.бг", "мария@ПРИМЕР.БГ"),
            ("ann@straße.example", "ann@xn--strae-oqa.example"),
            ("k@acme.com", "k@acme.com"),
        ] {
            assert_eq!(parsed(typed).as_deref(), Some(address), "{typed}");
        }
        let keys = ["ÉVA@acme.com", "éva@acme.com", "e\u{301}va@acme.com", "E\u{301}VA@ACME.COM"];
        for typed in keys {
            assert_eq!(EmailAddress::parse(typed).expect("valid").key(), "éva@acme.com", "{typed}");
        }
    }

    #[test]
    fn what_is_pasted_may_have_something_around_it() {
        for typed in [
            "ann@acme.com",
            "ann@acme.com,",
            "ann@acme.com;",
            "ann@acme.com ;\u{a0}",
            "ann@acme.com.",
            "(ann@acme.com).",
            "\u{a0}ann@acme.com\u{a0}",
            "(ann@acme.com)",
            "\"ann@acme.com\"",
            "„ann@acme.com“",
            "<ann@acme.com>",
            "<ann@acme.com>,",
            " < ann@acme.com > ",
            "＜ann@acme.com＞",
            "Ann Lee <ann@acme.com>",
            "\"Lee, Ann\" <ann@acme.com>;",
            "ann@ACME.com <ann@acme.com>",
            "'ann@acme.com' <ann@acme.com>",
            "Ann @ Acme <ann@acme.com>",
            "mailto:ann@acme.com",
            "MAILTO: ann@acme.com",
            "<mailto:ann@acme.com>",
            "mailto:ann@acme.com?subject=Hello&cc=bob@acme.com",
            "mailto://ann@acme.com",
            "Ann <mailto:ann@acme.com>",
            "SMTP:ann@acme.com",
            "ann@acme.com>",
            "ann@acme.com>.",
            "<ann@acme.com",
            "Ann Lee <ann@acme.com",
            "ann@acme.com…",
            "ann@acme.com...",
            "ann@acme.com!",
            "ann@acme.com?",
            "ann@acme.com/",
            "ann@acme.com&gt;",
            "ann@acme.com&gt",
            "&lt;ann@acme.com&gt;",
            "Ann &lt;ann@acme.com&gt;,",
            "&quot;ann@acme.com&quot;",
            "ann@acme.com&nbsp;",
            "\u{200b}ann@acme.com\u{200b}",
            "\u{feff}<ann@acme.com>\u{2060}",
            "\u{2068}ann@acme.com\u{2069};",
            "**ann@acme.com**",
            "`ann@acme.com`",
            "• ann@acme.com",
            "— ann@acme.com —",
            "‹ann@acme.com›",
            "'ann@acme.com'",
            "ann@acme.com、",
        ] {
            assert_eq!(EmailAddress::pasted(typed).map(String::from).as_deref(), Ok("ann@acme.com"), "{typed}");
        }
        for typed in [
            "",
            ",",
            "<>",
            "Ann <>",
            "Ann Lee",
            "a b@acme.com",
            "a\u{a0}b@acme.com",
            "ann@acme.com, bob@acme.com",
            "ann@acme.com bob@acme.com",
            "bob@acme.com <ann@acme.com>",
            "Bob <bob@acme.com>, Ann <ann@acme.com>",
            "<bob@acme.com> <ann@acme.com>",
            "mailto:ann@acme.com,bob@acme.com",
            "mailto:",
            "http://ann@acme.com",
            "Ann <ann@acme.com> writes",
            "bob@acme.com <ann@acme.com",
            "ann@acme.com>bob@acme.com",
            "ann@acme.com&gt;bob@acme.com",
            "ann@acme.com…bob@acme.com",
            "an…n@acme.com",
            "ann@ac&amp;me.com",
            "ann@ac<me.com>",
            "smtp:ann@acme.com;bob",
            "ann@…",
            "ann@acme.com\r\nBcc: x@y.zz",
            "<ann@acme.com>\r\nBcc: <x@y.zz>",
        ] {
            assert_eq!(EmailAddress::pasted(typed), Err(Fault::InvalidAddress), "{typed}");
        }
    }

    #[test]
    fn compares_without_case_and_shows_little() {
        let address = EmailAddress::parse("Ann@ACME.com").expect("valid");
        assert_eq!(address.as_str(), "Ann@acme.com");
        assert_eq!(address.key(), "ann@acme.com");
        assert_eq!(address.masked(), "A•••@acme.com");
        assert_eq!(format!("{address:?}"), "EmailAddress(…)");
    }

    #[test]
    fn one_mailbox_has_many_addresses() {
        for (address, mailbox) in [
            ("Ann+1@acme.com", "ann@acme.com"),
            ("ann+a+b@acme.com", "ann@acme.com"),
            ("ann.lee@acme.com", "ann.lee@acme.com"),
            ("an.n.lee+x.y@GMail.com", "annlee@gmail.com"),
            ("annlee@googlemail.com", "annlee@gmail.com"),
            ("+1@acme.com", "+1@acme.com"),
            ("ann@gmail.com.example", "ann@gmail.com.example"),
        ] {
            assert_eq!(EmailAddress::parse(address).expect("valid").mailbox(), mailbox, "{address}");
        }
        assert_eq!(EmailAddress::from_stored("no address").mailbox(), "no address");
    }

    #[test]
    fn what_was_taken_in_before_it_was_refused_is_still_there() {
        assert_eq!(EmailAddress::from_stored("ann@127.0.0.1").as_str(), "ann@127.0.0.1");
        assert_eq!(EmailAddress::from_stored("ann@xn--caf-dma.example").key(), "ann@café.example");
    }

    const UNSEEN: [char; 4] = ['\u{200b}', '\u{200d}', '\u{feff}', '\u{ad}'];

    proptest! {
        #[test]
        fn an_address_parses_as_itself_and_is_found_by_its_key(typed in "\\PC{1,8}@(\\PC{1,6}\\.){1,2}(com|бг|[a-z]{2,4})") {
            if let Ok(address) = EmailAddress::parse(&typed) {
                prop_assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()));
                prop_assert_eq!(EmailAddress::pasted(&typed), Ok(address.clone()));
                prop_assert_eq!(EmailAddress::from_stored(address.as_str()), address.clone());
                let key = address.key();
                prop_assert_eq!(EmailAddress::from_stored(&key).key(), key);
            }
        }

        #[test]
        fn the_ways_to_write_a_domain_are_one(local in "[a-z]{1,8}", label in "[a-zа-яäöü]{1,12}") {
            let (unicode, upper) = (format!("{local}@{label}.example"), format!("{local}@{}.Example", label.to_uppercase()));
            let ascii = format!("{local}@{}", domain_in_ascii(&format!("{label}.example")).expect("valid"));
            let address = EmailAddress::parse(&unicode);
            prop_assert!(address.is_ok());
            prop_assert_eq!(EmailAddress::parse(&upper), address.clone());
            prop_assert_eq!(EmailAddress::parse(&ascii), address);
        }

        #[test]
        fn whatever_is_typed_nothing_unseen_stays(typed in "\\PC{0,6}[\u{200b}\u{200d}\u{feff}\u{ad}]?\\PC{0,6}@[a-z]{1,5}\\.com") {
            if let Ok(address) = EmailAddress::parse(&typed) {
                let unseen = |c: char| c.is_whitespace() || c.is_control() || UNSEEN.contains(&c);
                prop_assert!(!address.as_str().contains(unseen));
            }
        }
    }
}
