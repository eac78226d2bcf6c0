//! A person whom a phone company's BroadWorks knows by a user id, and what the vendor's API says of one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    fault::Fault,
    typed::{as_pasted, bare, bracketed, destination, is_unseen},
};

/// A BroadWorks user id, e.g. `95547321@sp.com`; BroadWorks limits it to 80 characters.
///
/// Kept as it was given; [`BroadWorksId::key`] is what two are compared by. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BroadWorksId(String);

impl BroadWorksId {
    /// The longest id that BroadWorks takes, in characters.
    pub const MAX_LENGTH: usize = 80;

    /// Parses an id; white space around it is forgiven.
    ///
    /// # Errors
    /// [`Fault::MissingParameter`] if nothing is there, [`Fault::InvalidParameterSize`] if it is too long,
    /// [`Fault::InvalidParameter`] if it holds anything but visible ASCII, or one of `"`, `\`, `/`, `:`, which no
    /// BroadWorks user id may hold (a colon would also split Basic authentication, RFC 7617 §2).
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        let typed = bounded(typed, Self::MAX_LENGTH)?;
        // Of other scripts' letters one may look like another, and some (the Kelvin sign) even fold to an ASCII one; and
        // a character that nobody sees makes a second user of one.
        let allowed = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '/' | ':');
        // With a sign behind its host, or one that is written as pages write it, it would be another one wherever a person types or
        // pastes it.
        let is_typed_as_it_is = (!typed.contains(['@', '<', '>']) || bracketed(typed).1 == typed)
            && (!typed.contains('&') || as_pasted(typed) == typed);
        let is_a_name = typed.contains(|c: char| c.is_ascii_alphanumeric());
        if !typed.chars().all(allowed) || !is_typed_as_it_is || !is_a_name {
            return Err(Fault::InvalidParameter);
        }
        Ok(Self(typed.to_owned()))
    }

    /// Parses what a person typed or pasted into a field for one id: with blanks between its digits, as a link (`tel:`,
    /// `sip:95547321@sp.com;user=phone`), or with what stands around an address in mails and lists.
    ///
    /// # Errors
    /// As [`BroadWorksId::parse`].
    pub fn pasted(typed: &str) -> Result<Self, Fault> {
        let pasted = as_pasted(typed);
        let id = pasted.trim_matches(|c: char| c.is_whitespace() || "\"“”„«»".contains(c));
        // No host ends with a sign; an id without one may.
        let id = if id.contains(['@', '<', '>']) { bracketed(id).1 } else { id };
        let link = destination(id, &["sip:", "sips:", "tel:", "callto:", "mailto:"]);
        let id = link.split_once(";user=").map_or(link, |(id, _)| bare(id));
        Self::parse(&id.split_whitespace().collect::<String>())
    }

    /// An id that was taken in long ago, by whatever rule there was then.
    #[must_use]
    pub fn from_stored(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// The id as BroadWorks shows it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What two ids are compared by: BroadWorks does not tell upper from lower case when a user signs in.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

impl fmt::Debug for BroadWorksId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BroadWorksId(…)")
    }
}

impl TryFrom<String> for BroadWorksId {
    type Error = Fault;
    fn try_from(typed: String) -> Result<Self, Fault> {
        Self::parse(&typed)
    }
}

impl From<BroadWorksId> for String {
    fn from(id: BroadWorksId) -> Self {
        id.0
    }
}

/// The id of a customer at its service provider, `SP1+acme` (service provider + group) or `Enterprise1`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SpEnterpriseId(String);

impl SpEnterpriseId {
    /// Two BroadWorks names of at most 80 characters and the plus between them.
    pub const MAX_LENGTH: usize = 161;

    /// Parses an id; white space around it is forgiven.
    ///
    /// # Errors
    /// As [`identifying`].
    pub fn parse(typed: &str) -> Result<Self, Fault> {
        identifying(typed, Self::MAX_LENGTH).map(|typed| Self(typed.to_owned()))
    }

    /// An id that was taken in long ago, by whatever rule there was then.
    #[must_use]
    pub fn from_stored(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// The id as the service provider wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for SpEnterpriseId {
    type Error = Fault;
    fn try_from(typed: String) -> Result<Self, Fault> {
        Self::parse(&typed)
    }
}

impl From<SpEnterpriseId> for String {
    fn from(id: SpEnterpriseId) -> Self {
        id.0
    }
}

/// Checks one line of text: trimmed, not empty nor made of what nobody sees, at most `longest` characters, no control characters.
///
/// # Errors
/// [`Fault::MissingParameter`], [`Fault::InvalidParameterSize`] or [`Fault::InvalidParameter`].
pub fn bounded(typed: &str, longest: usize) -> Result<&str, Fault> {
    let typed = typed.trim();
    if typed.chars().all(|c| c.is_whitespace() || is_unseen(c)) {
        return Err(Fault::MissingParameter);
    }
    if typed.chars().count() > longest {
        return Err(Fault::InvalidParameterSize);
    }
    if typed.contains(char::is_control) {
        return Err(Fault::InvalidParameter);
    }
    Ok(typed)
}

/// As [`bounded`], for what tells one thing from another: no characters either that look like a space or like nothing.
///
/// # Errors
/// [`Fault::MissingParameter`], [`Fault::InvalidParameterSize`] or [`Fault::InvalidParameter`].
pub fn identifying(typed: &str, longest: usize) -> Result<&str, Fault> {
    let typed = bounded(typed, longest)?;
    if typed.contains(|c: char| is_unseen(c) || (c.is_whitespace() && c != ' ')) {
        return Err(Fault::InvalidParameter);
    }
    Ok(typed)
}

/// What a subscriber may use. The wire names are the vendor API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Package {
    /// `softphone`
    Softphone,
    /// `basic`
    Basic,
    /// `standard`
    Standard,
    /// `premium`
    Premium,
}

impl Package {
    /// All packages, smallest first.
    pub const ALL: [Self; 4] = [Self::Softphone, Self::Basic, Self::Standard, Self::Premium];

    /// The vendor API's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Softphone => "softphone",
            Self::Basic => "basic",
            Self::Standard => "standard",
            Self::Premium => "premium",
        }
    }

    /// The package of that name, in whatever case.
    ///
    /// # Errors
    /// [`Fault::MissingParameter`] or [`Fault::InvalidParameter`].
    pub fn parse(name: &str) -> Result<Self, Fault> {
        let name = bounded(name, 80)?;
        Self::ALL.into_iter().find(|package| package.as_str().eq_ignore_ascii_case(name)).ok_or(Fault::InvalidParameter)
    }
}

/// Where a subscriber stands. The wire names and their meaning are the vendor API's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No address yet.
    PendingEmailInput,
    /// An address was entered and is not proven.
    PendingEmailValidation,
    /// The address belongs to an existing free account; its owner was asked for consent.
    PendingUserMigration,
    /// The account is being created.
    Provisioning,
    /// The account is there.
    Provisioned,
    /// A change or a removal is on its way to the target.
    Updating,
    /// The last attempt failed.
    Error,
}

/// What numbers of users tell apart: is anything left to be done, and did something go wrong?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatusGroup {
    /// The account is there.
    Provisioned,
    /// Somebody or something is waited for.
    Pending,
    /// The last attempt failed.
    Error,
}

impl Status {
    /// Where users of this status are counted.
    #[must_use]
    pub const fn group(self) -> StatusGroup {
        match self {
            Self::Provisioned => StatusGroup::Provisioned,
            Self::Error => StatusGroup::Error,
            Self::PendingEmailInput
            | Self::PendingEmailValidation
            | Self::PendingUserMigration
            | Self::Provisioning
            | Self::Updating => StatusGroup::Pending,
        }
    }

    /// All states, in the order in which a subscriber usually passes them.
    pub const ALL: [Self; 7] = [
        Self::PendingEmailInput,
        Self::PendingEmailValidation,
        Self::PendingUserMigration,
        Self::Provisioning,
        Self::Provisioned,
        Self::Updating,
        Self::Error,
    ];

    /// The vendor API's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PendingEmailInput => "pending_email_input",
            Self::PendingEmailValidation => "pending_email_validation",
            Self::PendingUserMigration => "pending_user_migration",
            Self::Provisioning => "provisioning",
            Self::Provisioned => "provisioned",
            Self::Updating => "updating",
            Self::Error => "error",
        }
    }

    /// The state of that name.
    ///
    /// # Errors
    /// [`Fault::InvalidParameter`] for any other text.
    pub fn parse(name: &str) -> Result<Self, Fault> {
        Self::ALL.into_iter().find(|status| status.as_str() == name).ok_or(Fault::InvalidParameter)
    }
}

/// What keeps a subscriber from being provisioned, when it is not an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// The user has to enter an address in the portal.
    EmailInput,
    /// The user has to prove the address.
    EmailValidation,
    /// The owner of an existing free account has to consent.
    Consent,
    /// The customer's first user has to be provisioned first (template: Provision Admin First).
    Administrator,
}

impl Requirement {
    /// What a subscriber in this state waits for; `held` says that its customer has no administrator yet.
    #[must_use]
    pub const fn of(status: Status, held: bool) -> Option<Self> {
        match status {
            Status::PendingEmailInput => Some(Self::EmailInput),
            Status::PendingEmailValidation => Some(Self::EmailValidation),
            Status::PendingUserMigration => Some(Self::Consent),
            Status::Provisioning if held => Some(Self::Administrator),
            Status::Provisioning | Status::Provisioned | Status::Updating | Status::Error => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadworks_ids_compare_without_case_and_stay_out_of_logs() {
        let id = BroadWorksId::parse(" 95547321@SP.com ").expect("valid");
        assert_eq!(id.as_str(), "95547321@SP.com");
        assert_eq!(id.key(), "95547321@sp.com");
        assert_eq!(format!("{id:?}"), "BroadWorksId(…)");
    }

    #[test]
    fn broadworks_ids_say_what_is_wrong() {
        assert_eq!(BroadWorksId::parse("  "), Err(Fault::MissingParameter));
        assert!(BroadWorksId::parse(&"9".repeat(80)).is_ok());
        assert_eq!(BroadWorksId::parse(&"9".repeat(81)), Err(Fault::InvalidParameterSize));
        for bad in [
            "a b",
            "a:b",
            "a/b",
            "a\u{0}b",
            "a\\b",
            "a\tb",
            "a@sp.com.",
            "a@sp.com#",
            "'9554@sp.com",
            "<a@sp.com>",
            "a&gt",
            "a&lt;b",
            "@",
            "..",
        ] {
            assert_eq!(BroadWorksId::parse(bad), Err(Fault::InvalidParameter), "{bad}");
        }
    }

    #[test]
    fn a_pasted_id_may_have_something_around_it_and_blanks_within() {
        for typed in [
            "95547321@sp.com",
            " 9554 7321@sp.com\u{a0}",
            "95547321@sp.com,",
            "<95547321@sp.com>;",
            "\"95547321@sp.com\"",
            "95547321@sp.com).",
            "sip:95547321@sp.com",
            "SIP: 95547321@sp.com",
            "<sip:95547321@sp.com>",
            "sip:<95547321@sp.com>",
            "９５５４７３２１@sp.com",
            "sip:95547321@sp.com;user=phone",
            "95547321@sp.com;user=phone",
            "\"Ann Lee\" <sip:95547321@sp.com;transport=tls>",
            "mailto:95547321@sp.com",
            "95547321@sp.com>",
            "<95547321@sp.com>,>",
            "95547321@sp.com…",
            "95547321@sp.com&gt;",
            "&lt;sip:95547321@sp.com&gt;",
            "\u{200b}95547321@sp.com\u{feff}",
            "(95547321@sp.com)",
        ] {
            assert_eq!(BroadWorksId::pasted(typed).map(String::from).as_deref(), Ok("95547321@sp.com"), "{typed}");
        }
        assert_eq!(BroadWorksId::pasted("tel:+39 02 1234").map(String::from).as_deref(), Ok("+39021234"));
        for whole in ["(ann)", "ann.", "ann;1", "+39-02"] {
            assert_eq!(BroadWorksId::pasted(whole), BroadWorksId::parse(whole), "{whole}");
        }
        for bad in ["", "  ", "sip:", "<>"] {
            assert_eq!(BroadWorksId::pasted(bad), Err(Fault::MissingParameter), "{bad}");
        }
        assert_eq!(BroadWorksId::pasted("a@x, b@y"), BroadWorksId::parse("a@x,b@y"), "which of two nobody can tell");
        assert_eq!(BroadWorksId::pasted("http://a@x"), Err(Fault::InvalidParameter));
    }

    #[test]
    fn nothing_that_looks_or_folds_like_another_id_is_one() {
        for bad in [
            "\u{212A}en@sp.com",
            "\u{17F}am@sp.com",
            "a\u{200B}@x",
            "\u{200B}a@x",
            "a@x\u{FEFF}",
            "a\u{AD}@x",
            "a\u{A0}b@x",
            "ann\u{E9}@x",
            "\u{43E}lga@x",
            "a\u{7F}@x",
            "\u{FF41}@x",
        ] {
            assert_eq!(BroadWorksId::parse(bad), Err(Fault::InvalidParameter), "{}", bad.escape_unicode());
        }
        // What was taken in by an earlier rule keeps its letters, and is nobody else's.
        let kelvin = BroadWorksId::from_stored("\u{212A}en@sp.com");
        assert_ne!(kelvin.key(), BroadWorksId::parse("ken@sp.com").expect("valid").key());
    }

    #[test]
    fn what_shows_nothing_is_not_there() {
        for nothing in ["", " ", "\u{200C}", "\u{200D}\u{200C} \u{200D}", "\u{2800}", "\u{200B}\u{A0}\u{200B}"] {
            assert_eq!(bounded(nothing, 80), Err(Fault::MissingParameter), "{}", nothing.escape_unicode());
        }
        assert_eq!(bounded(" می\u{200c}خواهم ", 80), Ok("می\u{200c}خواهم"), "joiners join something");
    }

    #[test]
    fn what_identifies_is_seen() {
        for bad in
            ["SP1+ac\u{200B}me", "SP1+\u{202E}emca", "SP1+acme\u{2060}x", "SP1+ac\u{A0}me", "a\u{3164}b", "a\u{2800}b"]
        {
            assert_eq!(SpEnterpriseId::parse(bad), Err(Fault::InvalidParameter), "{}", bad.escape_unicode());
        }
        for good in ["SP1+acme", "SP 1+Ac me", "Društvo", "有限公司", "شرکت"] {
            assert_eq!(SpEnterpriseId::parse(good).as_ref().map(SpEnterpriseId::as_str), Ok(good));
        }
    }

    #[test]
    fn names_round_trip() {
        for status in Status::ALL {
            assert_eq!(Status::parse(status.as_str()), Ok(status));
        }
        for package in Package::ALL {
            assert_eq!(Package::parse(package.as_str()), Ok(package));
        }
        assert_eq!(Package::parse(" PREMIUM "), Ok(Package::Premium));
        assert_eq!(Package::parse("gold"), Err(Fault::InvalidParameter));
    }

    #[test]
    fn whoever_is_pending_waits_for_something_and_whoever_is_held_for_an_administrator() {
        for (status, requirement) in [
            (Status::PendingEmailInput, Some(Requirement::EmailInput)),
            (Status::PendingEmailValidation, Some(Requirement::EmailValidation)),
            (Status::PendingUserMigration, Some(Requirement::Consent)),
            (Status::Provisioning, None),
            (Status::Provisioned, None),
            (Status::Updating, None),
            (Status::Error, None),
        ] {
            assert_eq!(Requirement::of(status, false), requirement, "{status:?}");
            let held = if status == Status::Provisioning { Some(Requirement::Administrator) } else { requirement };
            assert_eq!(Requirement::of(status, true), held, "{status:?}");
        }
    }
}
