//! An email address that was parsed once and is valid wherever the type appears.

use std::{fmt, str::FromStr};

use email_address::Options;
use serde::{Deserialize, Serialize};

use crate::fault::Fault;

/// A deliverable-looking address: `local@domain.tld`, at most 254 characters (RFC 5321 §4.5.3.1.3).
///
/// The domain is kept in lower case, the local part as typed. Neither `Debug` nor a log line shows it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Parses what a person typed; white space around it is forgiven.
    ///
    /// # Errors
    /// [`Fault::InvalidAddress`] if it is not an address that mail could reach.
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let options = Options::default().with_required_tld().without_domain_literal().without_display_text();
        let typed = typed.trim();
        let parsed =
            email_address::EmailAddress::parse_with_options(typed, options).map_err(|_| Fault::InvalidAddress)?;
        // Quoted local parts are legal and never what somebody meant; they are how header injections begin.
        if typed.contains(|c: char| c == '"' || c.is_control() || c.is_whitespace()) || typed.len() > 254 {
            return Err(Fault::InvalidAddress);
        }
        Ok(Self(format!("{}@{}", parsed.local_part(), parsed.domain().to_lowercase())))
    }

    /// The address as mail is sent to it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two addresses are compared by: no mail provider of note tells `Ann@` from `ann@`.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    /// Enough for its owner to recognise it, too little for anyone else: `a•••@acme.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or((&self.0, ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}•••@{domain}")
    }
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
    use super::*;

    #[test]
    fn accepts_what_people_have() {
        for typed in ["ann@acme.com", " ann.lee+x@sub.acme.co.uk ", "o'neil@acme.ie", "мария@пример.бг"] {
            assert!(EmailAddress::parse(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn refuses_what_mail_cannot_reach() {
        let long = format!("{}@acme.com", "a".repeat(65));
        for typed in [
            "",
            "ann",
            "ann@",
            "@acme.com",
            "ann@acme",
            "a b@acme.com",
            "ann@[127.0.0.1]",
            "Ann <ann@acme.com>",
            "ann@acme.com\r\nBcc: x@y.z",
            "\"a b\"@acme.com",
            "ann@acme..com",
            &long,
        ] {
            assert_eq!(EmailAddress::parse(typed), Err(Fault::InvalidAddress), "{typed}");
        }
    }

    #[test]
    fn compares_without_case_and_shows_little() {
        let address = EmailAddress::parse("Ann@ACME.com").expect("valid");
        assert_eq!(address.as_str(), "Ann@acme.com");
        assert_eq!(address.key(), "ann@acme.com");
        assert_eq!(address.masked(), "A•••@acme.com");
        assert!(!format!("{address:?}").contains("acme"));
    }
}
